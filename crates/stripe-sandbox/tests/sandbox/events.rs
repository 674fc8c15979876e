//! Every event, signed, sent, checked and read.

use serde_json::json;
use stripe_webhook::EventObject;
use udam_stripe_sandbox::SandboxSettings;

use crate::receiver::Receiver;
use crate::stage::{Stage, settings};

/// Makes everything happen that can; how many events that are.
async fn everything(stage: &Stage) -> usize {
    let (_, refunded) = stage.paid().await;
    stage
        .controlled("/refunds", json!({"payment": refunded, "amount": 100}))
        .await;
    for (session, status) in [
        (stage.paid().await.0, "won"),
        (stage.paid().await.0, "lost"),
    ] {
        let path = format!("/payments/{session}/dispute");
        let dispute = stage.controlled(&path, json!({})).await;
        let path = format!("/disputes/{}/close", dispute["id"].as_str().unwrap());
        stage.controlled(&path, json!({"status": status})).await;
    }
    for succeed in [true, false] {
        let session = stage.open().await;
        let path = format!("/sessions/{session}");
        stage
            .controlled(&format!("{path}/pay_async"), json!({}))
            .await;
        stage
            .controlled(&format!("{path}/settle_async"), json!({"succeed": succeed}))
            .await;
    }
    let session = stage.open().await;
    stage.press(&session, "decline").await;
    stage.press(&session, "expire").await;
    // Three payments, a refund, two disputes, two slow payments, and an attempt in vain.
    3 * 3 + 2 + (4 + 3) + 2 * 6 + 2 + 2
}

#[tokio::test]
async fn every_event_is_what_the_client_library_takes_it_for() {
    let receiver = Receiver::start();
    let stage = Stage::set(SandboxSettings {
        webhook_url: Some(receiver.url.clone()),
        ..settings()
    })
    .await;
    let count = everything(&stage).await;
    let arrivals = receiver.wait_for(count).await;
    assert_eq!(arrivals.len(), count);
    let mut kinds: Vec<String> = Vec::new();
    for arrival in &arrivals {
        let event = arrival.event("whsec_sandbox");
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
        kinds.push(event.type_.to_string());
    }
    kinds.sort();
    kinds.dedup();
    assert_eq!(
        kinds,
        [
            "charge.dispute.closed",
            "charge.dispute.created",
            "charge.dispute.funds_reinstated",
            "charge.dispute.funds_withdrawn",
            "charge.failed",
            "charge.pending",
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
        ]
    );
}

#[tokio::test]
async fn an_event_that_can_be_asked_for_is_the_one_that_was_sent() {
    let receiver = Receiver::start();
    let stage = Stage::set(SandboxSettings {
        webhook_url: Some(receiver.url.clone()),
        ..settings()
    })
    .await;
    stage.paid().await;
    for arrival in receiver.wait_for(3).await {
        let shown = stage.get(&format!("/v1/events/{}", arrival.id())).await;
        assert_eq!(shown.body["data"], arrival.json()["data"]);
        assert_eq!(shown.body["type"], arrival.json()["type"]);
    }
    let undelivered = stage.get("/v1/events?delivery_success=false").await;
    assert!(undelivered.body["data"].as_array().unwrap().is_empty());
}
