use std::sync::Arc;

use futures::executor::block_on;

use super::*;
use crate::fixtures::{at, charge_id, usd};
use crate::marketplace::PaymentPorts;
use crate::mocks::{CountingEntropy, FixedClock};
use crate::payment::{
    EventId, Payment, PaymentEvent, PaymentEventKind, ProviderReference, SessionReport,
    SessionStatus,
};
use crate::ports::{
    ApplyEvent, MockOrderStore, MockPaymentBacklog, MockPaymentEventFeed, MockPaymentEventLog,
    MockPaymentGateway, MockPaymentStore, PayableCharge,
};

const NOW: i64 = 100_000;

/// The ports of a sweep that finds nothing unless a test sets it up before.
#[derive(Default)]
struct Mocks {
    gateway: MockPaymentGateway,
    charges: MockPaymentStore,
    backlog: MockPaymentBacklog,
    orders: MockOrderStore,
    events: Option<(MockPaymentEventFeed, MockPaymentEventLog)>,
}

impl Mocks {
    fn sweep(mut self) -> Sweep {
        let backlog = &mut self.backlog;
        backlog.expect_unsent().returning(|_| Ok(Vec::new()));
        backlog.expect_overdue().returning(|_| Ok(Vec::new()));
        backlog.expect_refunds_owed().returning(|_| Ok(Vec::new()));
        let orders = &mut self.orders;
        orders.expect_release_lapsed().returning(|_| Ok(Vec::new()));
        let payments = Payments::new(PaymentPorts {
            gateway: Arc::new(self.gateway),
            charges: Arc::new(self.charges),
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
            events,
        };
        let policy = SweepPolicy {
            batch: 2,
            ..SweepPolicy::default()
        };
        let mut sweep = Sweep::default();
        block_on(Reconciliation::new(ports, payments, policy).sweep(&mut sweep)).unwrap();
        sweep
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
        request.event.kind == PaymentEventKind::Paid { charge_id, payment }
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
fn with_an_event_list_only_unknown_events_are_applied_and_no_session_is_asked_for() {
    let event = |number: i64| PaymentEvent {
        id: EventId::new(format!("evt_{number}")),
        at: at(NOW + number),
        kind: PaymentEventKind::Other,
    };
    let mut feed = MockPaymentEventFeed::new();
    let since = at(NOW - 1_000 - 300);
    feed.expect_events_since()
        .withf(move |from| *from == since)
        .returning(move |_| Ok(vec![event(-2), event(-1)]));
    let mut log = MockPaymentEventLog::new();
    log.expect_read_until()
        .returning(|| Ok(Some(at(NOW - 1_000))));
    log.expect_unknown()
        .returning(move |_| Ok([event(-1).id].into()));
    log.expect_record_read()
        .withf(|until| *until == at(NOW - 1))
        .once()
        .returning(|_| Ok(()));
    let mut mocks = Mocks {
        events: Some((feed, log)),
        ..Mocks::default()
    };
    mocks
        .charges
        .expect_apply()
        .withf(move |request| request.event == event(-1))
        .once()
        .returning(|_| Ok(Applied::Done));
    assert_eq!(mocks.sweep().caught_up, 1);
}
