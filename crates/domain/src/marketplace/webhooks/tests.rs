use futures::executor::block_on;

use super::*;
use crate::fixtures::{at, clock, entropy};
use crate::marketplace::PaymentPorts;
use crate::payment::{EventId, PaymentEvent, PaymentEventKind};
use crate::ports::{
    MockAlertStore, MockMarketplaceMetrics, MockPaymentGateway, MockPaymentStore,
    MockWebhookVerifier, StoreError,
};

const NOW: i64 = 1_000;

fn event() -> PaymentEvent {
    PaymentEvent {
        id: EventId::new("evt_1".into()),
        at: at(NOW),
        kind: PaymentEventKind::Other,
    }
}

/// Receives an event that the verifier makes this of, counted once.
fn receive(
    reading: Result<PaymentEvent, WebhookError>,
    store: MockPaymentStore,
) -> Result<Applied, ReceiveEventError> {
    let mut verifier = MockWebhookVerifier::new();
    verifier
        .expect_verify()
        .withf(|body, signature, now| (body, signature, *now) == (b"{}", "t=1", at(NOW)))
        .return_once(|_, _, _| reading);
    block_on(webhooks(verifier, store).receive(b"{}", Some("t=1")))
}

fn webhooks(verifier: MockWebhookVerifier, store: MockPaymentStore) -> Webhooks {
    let mut metrics = MockMarketplaceMetrics::new();
    metrics.expect_event_received().once().return_const(());
    let payments = Payments::new(PaymentPorts {
        gateway: Arc::new(MockPaymentGateway::new()),
        charges: Arc::new(store),
        alerts: Arc::new(MockAlertStore::new()),
        clock: clock(at(NOW)),
        entropy: entropy(),
    });
    let ports = WebhookPorts {
        verifier: Arc::new(verifier),
        clock: clock(at(NOW)),
        metrics: Arc::new(metrics),
    };
    Webhooks::new(ports, payments)
}

#[test]
fn an_event_that_the_provider_has_signed_is_applied() {
    let mut store = MockPaymentStore::new();
    store
        .expect_apply()
        .withf(|request| request.event == event() && request.at == at(NOW))
        .once()
        .returning(|_| Ok(Applied::Done));
    assert_eq!(receive(Ok(event()), store).unwrap(), Applied::Done);
}

#[test]
fn an_event_without_the_providers_signature_reaches_no_store() {
    for refused in [WebhookError::BadSignature, WebhookError::Malformed] {
        let error = receive(Err(refused), MockPaymentStore::new()).unwrap_err();
        assert!(matches!(error, ReceiveEventError::Webhook(error) if error == refused));
    }
}

#[test]
fn an_event_without_a_signature_reaches_no_verifier() {
    let webhooks = webhooks(MockWebhookVerifier::new(), MockPaymentStore::new());
    let error = block_on(webhooks.receive(b"{}", None)).unwrap_err();
    assert!(matches!(
        error,
        ReceiveEventError::Webhook(WebhookError::BadSignature)
    ));
}

#[test]
fn a_store_that_fails_has_the_event_sent_again() {
    let mut store = MockPaymentStore::new();
    store
        .expect_apply()
        .returning(|_| Err(StoreError::Overloaded));
    let error = receive(Ok(event()), store).unwrap_err();
    assert!(matches!(error, ReceiveEventError::Unavailable(_)));
}

#[test]
fn a_signature_that_cannot_hold_is_refused_before_the_body_is_read() {
    let admit = |plausible, signature| {
        let mut verifier = MockWebhookVerifier::new();
        verifier
            .expect_is_plausible()
            .withf(|signature, now| (signature, *now) == ("t=1", at(NOW)))
            .return_const(plausible);
        webhooks(verifier, MockPaymentStore::new()).admit(signature)
    };
    for (plausible, signature) in [(false, Some("t=1")), (true, None)] {
        assert!(matches!(
            admit(plausible, signature),
            Err(ReceiveEventError::Webhook(WebhookError::BadSignature))
        ));
    }
}

#[test]
fn a_plausible_signature_is_not_counted_yet() {
    let mut verifier = MockWebhookVerifier::new();
    verifier.expect_is_plausible().return_const(true);
    let mut store = MockPaymentStore::new();
    store.expect_apply().returning(|_| Ok(Applied::Done));
    verifier.expect_verify().return_once(|_, _, _| Ok(event()));
    let webhooks = webhooks(verifier, store);
    assert!(webhooks.admit(Some("t=1")).is_ok());
    // The mock of the metrics expects one event.
    assert!(block_on(webhooks.receive(b"{}", Some("t=1"))).is_ok());
}
