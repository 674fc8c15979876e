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

#[tokio::test]
async fn a_second_payment_of_a_session_has_a_valid_event() {
    let receiver = Receiver::start();
    let sandbox = TestSandbox::with_webhooks(&receiver.url).await;
    let (session, payment) = sandbox.paid().await;
    receiver.wait_for(3).await;
    let path = format!("/sessions/{session}/pay_again");
    let body = json!({"session": session, "amount": 999, "currency": "eur", "livemode": true});
    let second = sandbox.controlled(&path, body).await;
    let webhook = receiver.wait_for(6).await.pop().unwrap();
    let event = webhook.event("whsec_sandbox");
    assert!(event.livemode);
    let EventObject::CheckoutSessionCompleted(read) = event.data.object else {
        panic!("{}", event.type_);
    };
    assert_eq!(read.id.as_str(), session);
    assert_eq!(read.amount_total, Some(999));
    let other = read.payment_intent.unwrap().into_id();
    assert_ne!(other.as_str(), payment);
    assert_eq!(second["payment_intent"], other.as_str());
    let refund = json!({"payment": other.as_str()});
    let refund = sandbox.controlled("/refunds", refund).await;
    assert_eq!(
        (&refund["amount"], &refund["currency"]),
        (&json!(999), &json!("eur"))
    );
}

#[tokio::test]
async fn an_event_with_any_object_is_listed_among_the_others() {
    let receiver = Receiver::start();
    let sandbox = TestSandbox::with_webhooks(&receiver.url).await;
    sandbox.paid().await;
    let object = json!({"amount_total": "ten", "metadata": {"charge_id": "chg_1"}});
    let unreadable = json!({"type": "checkout.session.completed", "object": object});
    let created = sandbox.controlled("/events", unreadable).await;
    sandbox.paid().await;
    let listed = sandbox
        .get("/v1/events?type=checkout.session.completed")
        .await;
    assert_eq!(listed.body["data"].as_array().unwrap().len(), 3);
    assert_eq!(listed.body["data"][1]["id"], created["id"]);
    assert_eq!(listed.body["data"][1]["data"]["object"], object);
    let webhooks = receiver.wait_for(7).await;
    let sent = webhooks
        .iter()
        .find(|webhook| webhook.json()["id"] == created["id"]);
    assert_eq!(sent.unwrap().json()["data"]["object"], object);
}

#[tokio::test]
async fn a_thin_event_is_signed_and_not_listed() {
    let receiver = Receiver::start();
    let sandbox = TestSandbox::with_webhooks(&receiver.url).await;
    let sent = sandbox
        .controlled("/webhooks/thin", json!({"times": 2}))
        .await;
    assert_eq!(sent["attempts"], json!([{"status": 200}, {"status": 200}]));
    let webhook = receiver.wait_for(2).await.pop().unwrap();
    assert!(webhook.is_signed_with("whsec_sandbox"));
    assert!(!webhook.is_signed_with("whsec_other"));
    let event = webhook.json();
    assert_eq!(event["object"], "v2.core.event");
    assert_eq!(event["type"], "v1.billing.meter.error_report_triggered");
    assert!(event["created"].as_str().unwrap().ends_with('Z'));
    let listed = sandbox.get("/v1/events").await;
    assert_eq!(listed.body["data"], json!([]));
}
