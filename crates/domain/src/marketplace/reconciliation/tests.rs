mod events;
mod refunds;

use std::sync::Arc;

use futures::executor::block_on;

use super::*;
use crate::fixtures::{account_id, at, charge_id, order_id, usd};
use crate::marketplace::PaymentPorts;
use crate::mocks::{CountingEntropy, FixedClock};
use crate::payment::{
    Charge, EventId, ListedEvents, Payment, PaymentEvent, PaymentEventKind, ProviderReference,
    SessionReport, SessionStatus,
};
use crate::ports::{
    ApplyEvent, MockAlertStore, MockOrderStore, MockPaymentBacklog, MockPaymentEventFeed,
    MockPaymentEventLog, MockPaymentGateway, MockPaymentStore, PayableCharge,
};

const NOW: i64 = 100_000;

/// The ports of a sweep that finds nothing unless a test sets it up before.
#[derive(Default)]
struct Mocks {
    gateway: MockPaymentGateway,
    charges: MockPaymentStore,
    backlog: MockPaymentBacklog,
    orders: MockOrderStore,
    alerts: MockAlertStore,
    events: Option<(MockPaymentEventFeed, MockPaymentEventLog)>,
}

impl Mocks {
    fn sweep(self) -> Sweep {
        let mut sweep = Sweep::default();
        block_on(self.reconciliation().sweep(&mut sweep)).unwrap();
        sweep
    }

    fn reconciliation(mut self) -> Reconciliation {
        let backlog = &mut self.backlog;
        backlog.expect_unsent().returning(|_| Ok(Vec::new()));
        backlog.expect_overdue().returning(|_| Ok(Vec::new()));
        backlog.expect_refunds_owed().returning(|_| Ok(Vec::new()));
        let orders = &mut self.orders;
        orders.expect_release_lapsed().returning(|_| Ok(Vec::new()));
        let alerts: Arc<dyn AlertStore> = Arc::new(self.alerts);
        let payments = Payments::new(PaymentPorts {
            gateway: Arc::new(self.gateway),
            charges: Arc::new(self.charges),
            alerts: Arc::clone(&alerts),
            clock: Arc::new(FixedClock::new(at(NOW))),
            entropy: Arc::new(CountingEntropy::default()),
        });
        let events = self.events.map(|(feed, log)| EventFeedPorts {
            feed: Arc::new(feed),
            log: Arc::new(log),
        });
        let ports = ReconciliationPorts {
            backlog: Arc::new(self.backlog),
            orders: Arc::new(self.orders),
            alerts,
            events,
        };
        let policy = SweepPolicy {
            batch: 2,
            ..SweepPolicy::default()
        };
        Reconciliation::new(ports, payments, policy)
    }

    /// A provider without a list of events, and three sessions that can be paid.
    fn without_event_list() -> Self {
        let mut mocks = Self::default();
        mocks.backlog.expect_payable().returning(|request| {
            assert_eq!(request.now, at(NOW));
            let payable = (1..=3).map(payable);
            let rest = payable.filter(|charge| Some(charge.charge_id) > request.after);
            Ok(rest.take(request.limit.into()).collect())
        });
        mocks
    }
}

fn payable(number: u128) -> PayableCharge {
    PayableCharge {
        charge_id: charge_id(number),
        session: ProviderReference::new(format!("cs_{number}")),
    }
}

fn payment() -> Payment {
    Payment {
        reference: ProviderReference::new("pi_2".into()),
        amount: usd(7_00),
    }
}

fn report(session: &ProviderReference, status: SessionStatus) -> SessionReport {
    SessionReport {
        charge_id: None,
        reference: session.clone(),
        status,
    }
}

#[test]
fn without_an_event_list_the_next_sweep_fulfils_what_a_lost_webhook_was_about() {
    let mut mocks = Mocks::without_event_list();
    mocks
        .gateway
        .expect_session()
        .times(3)
        .returning(|session| {
            let status = match session.as_str() {
                "cs_2" => SessionStatus::Paid(payment()),
                "cs_3" => SessionStatus::Processing,
                _ => SessionStatus::Open,
            };
            Ok(report(session, status))
        });
    let is_payment_of_2 = |request: &ApplyEvent| {
        let charge_id = Some(charge_id(2));
        let payment = payment();
        let session = ProviderReference::new("cs_2".into());
        let expected = PaymentEventKind::Paid {
            charge_id,
            session,
            payment,
        };
        request.event.kind == expected
    };
    mocks
        .charges
        .expect_apply()
        .withf(is_payment_of_2)
        .once()
        .returning(|_| Ok(Applied::Done));
    let expected = Sweep {
        caught_up: 1,
        ..Sweep::default()
    };
    assert_eq!(mocks.sweep(), expected);
}

#[test]
fn without_an_event_list_a_session_that_has_ended_ends_its_charge() {
    let mut mocks = Mocks::without_event_list();
    let gateway = &mut mocks.gateway;
    gateway
        .expect_session()
        .returning(|session| Ok(report(session, SessionStatus::Expired)));
    mocks
        .charges
        .expect_apply()
        .withf(|request| matches!(request.event.kind, PaymentEventKind::Expired { .. }))
        .times(3)
        .returning(|_| Ok(Applied::Done));
    assert_eq!(mocks.sweep().caught_up, 3);
}

#[test]
fn an_unavailable_provider_is_asked_for_one_session_and_a_refusal_holds_up_no_other() {
    let mut mocks = Mocks::without_event_list();
    let gateway = &mut mocks.gateway;
    gateway
        .expect_session()
        .once()
        .returning(|_| Err(GatewayError::Unavailable("no response".into())));
    assert_eq!(mocks.sweep().postponed, 1);

    let mut mocks = Mocks::without_event_list();
    let gateway = &mut mocks.gateway;
    gateway
        .expect_session()
        .times(3)
        .returning(|_| Err(GatewayError::Refused("no such session".into())));
    assert_eq!(mocks.sweep().postponed, 3);
}

#[test]
fn a_session_is_not_taken_for_ended_by_a_provider_that_denies_access() {
    let mut mocks = Mocks::without_event_list();
    mocks.alerts.expect_raise().returning(|_, _| Ok(true));
    let denied = || GatewayError::Denied("the key was revoked".into());
    mocks
        .gateway
        .expect_session()
        .once()
        .returning(move |_| Err(denied()));
    mocks
        .gateway
        .expect_expire_session()
        .once()
        .returning(move |_| Err(denied()));
    mocks.backlog.expect_overdue().returning(|_| {
        let overdue = |number| OverdueCharge {
            charge_id: charge_id(number),
            session: Some(ProviderReference::new(format!("cs_{number}"))),
            since: at(NOW - 60),
        };
        Ok(vec![overdue(1), overdue(2)])
    });
    let mut sweep = Sweep::default();
    let ended = block_on(mocks.reconciliation().sweep(&mut sweep));
    assert!(matches!(ended, Err(SweepError::Denied(_))));
    assert_eq!((sweep.closed, sweep.postponed), (0, 2));
}

#[test]
fn a_session_that_the_provider_refuses_to_open_is_reported_until_an_operator_knows() {
    for is_new in [true, false] {
        let mut mocks = Mocks::without_event_list();
        mocks
            .gateway
            .expect_session()
            .returning(|session| Ok(report(session, SessionStatus::Open)));
        mocks
            .backlog
            .expect_unsent()
            .returning(|_| Ok(vec![order_id(4)]));
        mocks.charges.expect_charge_order().returning(|_| {
            Ok(Charge {
                id: charge_id(4),
                buyer_id: account_id(1),
                order: None,
                tab: usd(7_00),
                expires_at: at(NOW + 60),
                session: None,
            })
        });
        mocks
            .gateway
            .expect_open_session()
            .returning(|_| Err(GatewayError::Refused("no such parameter".into())));
        let alert = || PaymentAlert::refused_session(charge_id(4), "no such parameter");
        mocks
            .alerts
            .expect_raise()
            .withf(move |raised, _| *raised == alert())
            .once()
            .returning(move |_, _| Ok(is_new));
        let expected = Sweep {
            postponed: 1,
            alerts: is_new.then(alert).into_iter().collect(),
            ..Sweep::default()
        };
        assert_eq!(mocks.sweep(), expected);
    }
}
