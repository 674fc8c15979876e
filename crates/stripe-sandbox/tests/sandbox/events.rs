//! Every event, signed, sent, checked and read.

use serde_json::json;
use stripe_webhook::EventObject;

use crate::harness::TestSandbox;
use crate::receiver::Receiver;

/// Causes events of every type. Returns the number of events.
async fn every_event_type(sandbox: &TestSandbox) -> usize {
    let (_, refunded) = sandbox.paid().await;
    sandbox
        .controlled("/refunds", json!({"payment": refunded, "amount": 100}))
        .await;
    let pending = json!({"payment": refunded, "amount": 100, "status": "pending"});
    let pending = sandbox.controlled("/refunds", pending).await;
    let path = format!("/refunds/{}/settle", pending["id"].as_str().unwrap());
    sandbox.controlled(&path, json!({"status": "failed"})).await;
    for (session, status) in [
        (sandbox.paid().await.0, "won"),
        (sandbox.paid().await.0, "lost"),
    ] {
        let path = format!("/payments/{session}/dispute");
        let dispute = sandbox.controlled(&path, json!({})).await;
        let path = format!("/disputes/{}", dispute["id"].as_str().unwrap());
        let update = json!({"status": "under_review"});
        sandbox.controlled(&format!("{path}/update"), update).await;
        let close = json!({"status": status});
        sandbox.controlled(&format!("{path}/close"), close).await;
    }
    for succeed in [true, false] {
        let session = sandbox.open().await;
        let path = format!("/sessions/{session}");
        sandbox
            .controlled(&format!("{path}/pay_async"), json!({}))
            .await;
        sandbox
            .controlled(&format!("{path}/settle_async"), json!({"succeed": succeed}))
            .await;
    }
    let session = sandbox.open().await;
    sandbox.press(&session, "decline").await;
    sandbox.press(&session, "expire").await;
    // Three payments, a refund and one that fails, two disputes, two delayed payments, a decline and an
    // expiry.
    3 * 3 + (4 + 5) + (5 + 4) + 2 * 6 + 2 + 2
}

#[tokio::test]
async fn the_client_library_reads_every_event() {
    let receiver = Receiver::start();
    let sandbox = TestSandbox::with_webhooks(&receiver.url).await;
    let count = every_event_type(&sandbox).await;
    let webhooks = receiver.wait_for(count).await;
    assert_eq!(webhooks.len(), count);
    let mut types: Vec<String> = Vec::new();
    for webhook in &webhooks {
        let event = webhook.event("whsec_sandbox");
        assert!(
            !matches!(event.data.object, EventObject::Unknown(_)),
            "{}",
            event.type_
        );
        assert!(
            event
                .api_version
                .is_some_and(|version| !version.as_str().is_empty())
        );
        assert_eq!(event.pending_webhooks, 1);
        types.push(event.type_.to_string());
    }
    types.sort();
    types.dedup();
    assert_eq!(
        types,
        [
            "charge.dispute.closed",
            "charge.dispute.created",
            "charge.dispute.funds_reinstated",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.updated",
            "charge.failed",
            "charge.pending",
            "charge.refund.updated",
            "charge.refunded",
            "charge.succeeded",
            "checkout.session.async_payment_failed",
            "checkout.session.async_payment_succeeded",
            "checkout.session.completed",
            "checkout.session.expired",
            "payment_intent.canceled",
            "payment_intent.payment_failed",
            "payment_intent.processing",
            "payment_intent.succeeded",
            "refund.created",
            "refund.failed",
            "refund.updated",
        ]
    );
}

#[tokio::test]
async fn an_event_is_the_same_in_the_api_and_in_the_webhook() {
    let receiver = Receiver::start();
    let sandbox = TestSandbox::with_webhooks(&receiver.url).await;
    sandbox.paid().await;
    for webhook in receiver.wait_for(3).await {
        let read = sandbox.get(&format!("/v1/events/{}", webhook.id())).await;
        assert_eq!(read.body["data"], webhook.json()["data"]);
        assert_eq!(read.body["type"], webhook.json()["type"]);
    }
    let undelivered = sandbox.get("/v1/events?delivery_success=false").await;
    assert!(undelivered.body["data"].as_array().unwrap().is_empty());
}
