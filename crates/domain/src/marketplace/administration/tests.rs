use futures::executor::block_on;

use super::*;
use crate::administration::Lookup;
use crate::fixtures::{account_id, actor, at, clock};
use crate::payment::{AlertKind, PaymentAlert};
use crate::ports::{
    MockAdministrationStore, MockAlertStore, MockAuditReader, MockStoryReader, StoreError,
};

struct Ports {
    store: MockAdministrationStore,
    alerts: MockAlertStore,
}

impl Ports {
    fn new() -> Self {
        Self {
            store: MockAdministrationStore::new(),
            alerts: MockAlertStore::new(),
        }
    }

    fn into_administration(self) -> Administration {
        Administration::new(AdministrationPorts {
            store: Arc::new(self.store),
            stories: Arc::new(MockStoryReader::new()),
            alerts: Arc::new(self.alerts),
            audit: Arc::new(MockAuditReader::new()),
            clock: clock(at(7)),
        })
    }
}

fn operator(role: Role) -> Operator {
    Operator::new(actor(1), role)
}

fn resolved(resolve: &ResolveAlert) -> RaisedAlert {
    RaisedAlert {
        number: resolve.number,
        alert: PaymentAlert {
            kind: AlertKind::RefundFailed,
            subject: "rfd_1".to_owned(),
            charge_id: None,
            finding: "It failed.".to_owned(),
        },
        count: 1,
        first_at: at(1),
        last_at: at(1),
        resolved_at: Some(resolve.at),
        resolution: resolve.note.as_ref().map(Reason::to_string),
    }
}

#[test]
fn only_an_account_with_a_role_is_an_operator() {
    let mut ports = Ports::new();
    ports
        .store
        .expect_role()
        .returning(|account| Ok((account == account_id(1)).then_some(Role::Support)));
    let administration = ports.into_administration();
    let role = |account| {
        let actor = Actor::from(account_id(account));
        let operator = block_on(administration.operator(actor)).unwrap();
        operator.map(|operator| (operator.actor(), operator.role()))
    };
    assert_eq!(role(1), Some((Actor::from(account_id(1)), Role::Support)));
    assert_eq!(role(2), None);
}

#[test]
fn an_operator_resolves_an_alert_by_the_clock_and_support_does_not() {
    let note: Reason = "Paid by bank transfer.".parse().unwrap();
    let mut ports = Ports::new();
    ports
        .alerts
        .expect_resolve()
        .times(2)
        .returning(|resolve| Ok((resolve.number.0 == 3).then(|| resolved(&resolve))));
    let administration = ports.into_administration();
    let resolve = |role, number| {
        let number = AlertNumber(number);
        block_on(administration.resolve_alert(operator(role), number, note.clone()))
    };
    let done = resolve(Role::Operator, 3).unwrap();
    assert_eq!(done.resolved_at, Some(at(7)));
    assert_eq!(done.resolution.as_deref(), Some("Paid by bank transfer."));
    assert!(matches!(
        resolve(Role::Operator, 4),
        Err(ResolveAlertError::NotFound)
    ));
    assert!(matches!(
        resolve(Role::Support, 3),
        Err(ResolveAlertError::NotAllowed(_))
    ));
}

#[test]
fn a_text_that_names_nothing_is_not_looked_for() {
    let administration = Ports::new().into_administration();
    let found: Result<_, StoreError> =
        block_on(administration.find(&operator(Role::Support), &Lookup::Nothing));
    assert_eq!(found.unwrap(), []);
}
