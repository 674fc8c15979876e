use futures::executor::block_on;

use super::*;
use crate::account::StepUpRequired;
use crate::administration::Lookup;
use crate::fixtures::{account_id, actor, at, clock, signed_in};
use crate::payment::{AlertKind, PaymentAlert};
use crate::ports::{
    MockAdministrationStore, MockAlertStore, MockAuditReader, MockStoryReader, StoreError,
};

/// Time at which operators act, in seconds.
const NOW: i64 = 1_000;

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
            clock: clock(at(NOW)),
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
fn an_operator_has_a_role_and_has_proved_a_second_factor_lately() {
    let mut ports = Ports::new();
    ports
        .store
        .expect_role()
        .returning(|account| Ok((account == account_id(1)).then_some(Role::Support)));
    let administration = ports.into_administration();
    let role = |account, has_factor, proved_at: Option<i64>| {
        let mut signed_in = signed_in(account);
        signed_in.has_factor = has_factor;
        signed_in.session.proved_at = proved_at.map(at);
        let actor = Actor::from(account_id(account));
        match block_on(administration.operator(actor, &signed_in)) {
            Ok(operator) => Ok((operator.actor(), operator.role())),
            Err(OperatorError::Refused(refused)) => Err(refused),
            Err(error) => panic!("{error}"),
        }
    };
    let operator = Ok((Actor::from(account_id(1)), Role::Support));
    assert_eq!(role(1, true, Some(NOW - 899)), operator);
    let stale = Err(NotAnOperator::StepUpRequired(StepUpRequired));
    assert_eq!(role(1, true, Some(NOW - 900)), stale);
    assert_eq!(role(1, true, None), stale);
    assert_eq!(role(1, false, None), Err(NotAnOperator::NoFactor));
    // Whatever it has proved.
    for has_factor in [true, false] {
        assert_eq!(role(2, has_factor, Some(NOW)), Err(NotAnOperator::NoRole));
    }
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
    assert_eq!(done.resolved_at, Some(at(NOW)));
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
