use std::sync::Arc;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use udam_crypto::{SystemClock, SystemEntropy};
use udam_domain::id::{ChargeId, OrderId, RefundId};
use udam_domain::marketplace::{EventFeedPorts, PaymentPorts, Payments, ReconciliationPorts};
use udam_domain::money::{Currency, Money};
use udam_domain::payment::{
    ListedEvents, ProviderReference, RefundDue, RefundOutcome, ReportedRefund,
};
use udam_domain::policy::SweepPolicy;
use udam_domain::time::Timestamp;
use udam_domain::{
    Applied, GatewayError, MockAlertStore, MockOrderStore, MockPaymentBacklog,
    MockPaymentEventFeed, MockPaymentEventLog, MockPaymentGateway, MockPaymentStore, StoreError,
    SweepTrigger,
};
use uuid::Uuid;

use super::*;

/// A sweep is not due again within any test.
const LATER: Duration = Duration::from_hours(1);

fn refund(number: u128) -> RefundDue {
    RefundDue {
        id: RefundId::from_uuid(Uuid::from_u128(number)),
        charge_id: ChargeId::from_uuid(Uuid::from_u128(number)),
        payment: ProviderReference::new("pi_1".into()),
        amount: Money::new(700, Currency::USD),
    }
}

/// A backlog with nothing in it but what is set up before.
fn empty(mut backlog: MockPaymentBacklog) -> MockPaymentBacklog {
    backlog.expect_unsent().returning(|_| Ok(Vec::new()));
    backlog.expect_overdue().returning(|_| Ok(Vec::new()));
    backlog.expect_refunds_owed().returning(|_| Ok(Vec::new()));
    backlog
}

fn reconciliation(backlog: MockPaymentBacklog, gateway: MockPaymentGateway) -> Reconciliation {
    let mut events = MockPaymentEventLog::new();
    events
        .expect_read_until()
        .returning(|| Ok(Some(Timestamp::UNIX_EPOCH)));
    with_events(events, backlog, gateway)
}

fn with_events(
    events: MockPaymentEventLog,
    backlog: MockPaymentBacklog,
    gateway: MockPaymentGateway,
) -> Reconciliation {
    let mut feed = MockPaymentEventFeed::new();
    feed.expect_events()
        .returning(|_| Ok(Some(ListedEvents::default())));
    with_feed(feed, events, backlog, gateway)
}

fn with_feed(
    feed: MockPaymentEventFeed,
    events: MockPaymentEventLog,
    backlog: MockPaymentBacklog,
    gateway: MockPaymentGateway,
) -> Reconciliation {
    let mut orders = MockOrderStore::new();
    orders
        .expect_release_lapsed()
        .returning(|_| Ok(vec![OrderId::from_uuid(Uuid::nil()); 3]));
    let mut charges = MockPaymentStore::new();
    charges.expect_apply().returning(|_| Ok(Applied::Done));
    let payments = Payments::new(PaymentPorts {
        gateway: Arc::new(gateway),
        charges: Arc::new(charges),
        alerts: Arc::new(MockAlertStore::new()),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    });
    let mut alerts = MockAlertStore::new();
    alerts.expect_raise().returning(|_, _| Ok(true));
    let ports = ReconciliationPorts {
        backlog: Arc::new(backlog),
        orders: Arc::new(orders),
        alerts: Arc::new(alerts),
        events: Some(EventFeedPorts {
            feed: Arc::new(feed),
            log: Arc::new(events),
        }),
    };
    Reconciliation::new(ports, payments, SweepPolicy::default())
}

/// Metrics after reconciling for a while.
async fn measured(
    reconciliation: Reconciliation,
    signal: SweepSignal,
    every: Duration,
    duration: Duration,
) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle: PrometheusHandle = recorder.handle();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let reconciling = reconcile(reconciliation, signal, every);
    assert!(time::timeout(duration, reconciling).await.is_err());
    handle.render()
}

#[tokio::test]
async fn the_findings_of_a_sweep_are_counted() {
    let mut backlog = MockPaymentBacklog::new();
    backlog
        .expect_refunds_owed()
        .times(1)
        .returning(|_| Ok(vec![refund(1), refund(2), refund(3)]));
    backlog.expect_postpone_refund().returning(|_, _| Ok(true));
    let mut gateway = MockPaymentGateway::new();
    gateway
        .expect_refund()
        .returning(|due| match due.id.uuid().as_u128() {
            1 => Ok(ReportedRefund {
                reference: ProviderReference::new("re_1".into()),
                id: Some(due.id),
                order_id: None,
                amount: due.amount,
                outcome: RefundOutcome::Given,
            }),
            2 => Err(GatewayError::Unavailable("no answer".into())),
            _ => Err(GatewayError::Refused("no such payment".into())),
        });
    gateway.expect_refunds().returning(|_| Ok(Vec::new()));
    let page = measured(
        reconciliation(empty(backlog), gateway),
        SweepSignal::default(),
        LATER,
        Duration::from_millis(50),
    )
    .await;
    for line in [
        r#"udam_sweeps_total{outcome="completed"} 1"#,
        r#"udam_sweep_findings_total{finding="refunded"} 1"#,
        r#"udam_sweep_findings_total{finding="postponed"} 2"#,
        r#"udam_sweep_findings_total{finding="lapsed"} 3"#,
        r#"udam_sweep_findings_total{finding="sent"} 0"#,
        "udam_reservations_lapsed_total 3",
        "udam_payment_alerts_total 1",
        "udam_sweep_lag_seconds 0.",
    ] {
        assert!(page.contains(line), "{line} is not in\n{page}");
    }
}

#[tokio::test]
async fn a_stopped_sweep_is_counted_and_the_next_continues() {
    let mut events = MockPaymentEventLog::new();
    events
        .expect_read_until()
        .times(1)
        .returning(|| Err(StoreError::Overloaded));
    events
        .expect_read_until()
        .returning(|| Ok(Some(Timestamp::UNIX_EPOCH)));
    let gateway = MockPaymentGateway::new();
    let page = measured(
        with_events(events, empty(MockPaymentBacklog::new()), gateway),
        SweepSignal::default(),
        Duration::from_millis(1),
        MIN_INTERVAL + Duration::from_millis(200),
    )
    .await;
    for outcome in ["stopped", "completed"] {
        let line = format!(r#"udam_sweeps_total{{outcome="{outcome}"}} 1"#);
        assert!(page.contains(&line), "{line} is not in\n{page}");
    }
}

#[tokio::test]
async fn a_sweep_that_is_denied_access_is_counted_as_refused_and_raises_one_alert() {
    let mut feed = MockPaymentEventFeed::new();
    feed.expect_events()
        .times(2..)
        .returning(|_| Err(GatewayError::Denied("there is no such key".into())));
    let mut events = MockPaymentEventLog::new();
    events
        .expect_read_until()
        .returning(|| Ok(Some(Timestamp::UNIX_EPOCH)));
    let (backlog, gateway) = (MockPaymentBacklog::new(), MockPaymentGateway::new());
    let page = measured(
        with_feed(feed, events, empty(backlog), gateway),
        SweepSignal::default(),
        Duration::from_millis(1),
        MIN_INTERVAL + Duration::from_millis(200),
    )
    .await;
    for line in [
        r#"udam_sweeps_total{outcome="refused"} 2"#,
        "udam_payment_alerts_total 1",
        // Reservations lapse without the provider.
        "udam_reservations_lapsed_total 6",
    ] {
        assert!(page.contains(line), "{line} is not in\n{page}");
    }
    assert!(!page.contains(r#"outcome="completed""#), "{page}");
}

#[tokio::test]
async fn a_trigger_brings_the_next_sweep_forward_and_many_are_one() {
    let gateway = MockPaymentGateway::new();
    let signal = SweepSignal::default();
    let sweeping = reconciliation(empty(MockPaymentBacklog::new()), gateway);
    let triggering = signal.clone();
    let triggering = async move {
        time::sleep(Duration::from_millis(50)).await;
        (0..5).for_each(|_| triggering.trigger());
    };
    let duration = MIN_INTERVAL + Duration::from_millis(300);
    let (page, ()) = tokio::join!(measured(sweeping, signal, LATER, duration), triggering);
    let line = r#"udam_sweeps_total{outcome="completed"} 2"#;
    assert!(page.contains(line), "{line} is not in\n{page}");
}
