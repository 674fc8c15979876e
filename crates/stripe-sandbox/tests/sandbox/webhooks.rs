use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;
use udam_stripe_sandbox::SandboxSettings;

use crate::harness::{TestSandbox, settings};
use crate::receiver::{ReceivedWebhook, Receiver};

fn types(webhooks: &[ReceivedWebhook]) -> Vec<String> {
    webhooks.iter().map(ReceivedWebhook::event_type).collect()
}

/// Waits long enough for an unexpected webhook to be received.
async fn settle() {
    sleep(Duration::from_millis(300)).await;
}

async fn counts(sandbox: &TestSandbox) -> Value {
    let webhooks = sandbox
        .control_with(reqwest::Method::GET, "/webhooks")
        .await;
    webhooks["counts"].clone()
}

const PAID: [&str; 3] = [
    "payment_intent.succeeded",
    "charge.succeeded",
    "checkout.session.completed",
];

#[tokio::test]
async fn the_events_of_a_session_are_sent_in_order() {
    let receiver = Receiver::start();
    let sandbox = TestSandbox::with_webhooks(&receiver.url).await;
    sandbox.paid().await;
    assert_eq!(types(&receiver.wait_for(3).await), PAID);
}

#[tokio::test]
async fn there_is_a_signature_for_every_secret() {
    let receiver = Receiver::start();
    let sandbox = TestSandbox::start(SandboxSettings {
        webhook_url: Some(receiver.url.clone()),
        webhook_secrets: vec!["whsec_old".to_owned(), "whsec_new".to_owned()],
        ..settings()
    })
    .await;
    sandbox.paid().await;
    for webhook in receiver.wait_for(3).await {
        assert_eq!(webhook.event("whsec_old").id, webhook.event("whsec_new").id);
    }
}

#[tokio::test]
async fn a_failed_webhook_is_retried_until_the_retries_are_used_up() {
    let receiver = Receiver::with_script([500; 3]);
    let sandbox = TestSandbox::with_webhooks(&receiver.url).await;
    sandbox.paid().await;
    receiver.wait_for(6).await;
    settle().await;
    assert_eq!(receiver.received().len(), 6);
    assert_eq!(counts(&sandbox).await["delivered"], 3);

    let failing = Receiver::with_script([503; 100]);
    sandbox.inner.set_webhook_url(Some(failing.url.clone()));
    sandbox.paid().await;
    failing.wait_for(12).await;
    settle().await;
    assert_eq!(failing.received().len(), 12);
    assert_eq!(counts(&sandbox).await["failed"], 3);
}

#[tokio::test]
async fn a_redirect_counts_as_a_failure() {
    let receiver = Receiver::with_script([302]);
    let sandbox = TestSandbox::with_webhooks(&receiver.url).await;
    sandbox.paid().await;
    assert_eq!(receiver.wait_for(4).await.len(), 4);
}

#[tokio::test]
async fn an_application_that_was_down_gets_the_webhooks_it_missed() {
    let down = Receiver::start();
    down.stop().await;
    let sandbox = TestSandbox::start(SandboxSettings {
        webhook_url: Some(down.url.clone()),
        webhook_retries: vec![Duration::from_millis(20); 500],
        ..settings()
    })
    .await;
    sandbox.paid().await;
    let back = Receiver::start();
    let url = json!({"url": back.url.as_str()});
    sandbox.controlled("/webhooks/url", url).await;
    let ids: HashSet<String> = back
        .wait_for(3)
        .await
        .iter()
        .map(ReceivedWebhook::id)
        .collect();
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn held_webhooks_are_sent_when_they_are_released() {
    let receiver = Receiver::start();
    let sandbox = TestSandbox::with_webhooks(&receiver.url).await;
    sandbox.controlled("/webhooks", json!({"hold": true})).await;
    sandbox.paid().await;
    settle().await;
    assert!(receiver.received().is_empty());
    assert_eq!(counts(&sandbox).await["held"], 3);
    let released = sandbox.controlled("/webhooks/release", json!({})).await;
    assert_eq!(released["released"], 3);
    assert_eq!(types(&receiver.wait_for(3).await), PAID);
}

#[tokio::test]
async fn an_event_can_be_delivered_many_times_concurrently() {
    let receiver = Receiver::start();
    let sandbox = TestSandbox::with_webhooks(&receiver.url).await;
    sandbox.paid().await;
    let event = receiver.wait_for(3).await[2].id();
    let path = format!("/webhooks/{event}/deliver");
    let request = json!({"times": 20, "at_once": true});
    let delivered = sandbox.controlled(&path, request).await;
    let attempts = delivered["attempts"].as_array().unwrap();
    assert_eq!(attempts.len(), 20);
    assert!(attempts.iter().all(|attempt| attempt["status"] == 200));
    let webhooks = receiver.received();
    let same = webhooks.iter().filter(|webhook| webhook.id() == event);
    assert_eq!(same.count(), 21);
}

#[tokio::test]
async fn a_dropped_event_can_still_be_listed() {
    let receiver = Receiver::start();
    let sandbox = TestSandbox::with_webhooks(&receiver.url).await;
    let policy = json!({"drop_per_mille": 1000});
    sandbox.controlled("/webhooks", policy).await;
    sandbox.paid().await;
    settle().await;
    assert!(receiver.received().is_empty());
    let undelivered = sandbox.get("/v1/events?delivery_success=false").await;
    assert_eq!(undelivered.body["data"].as_array().unwrap().len(), 3);
    let state = sandbox.state().await;
    assert_eq!(state["deliveries"][0]["state"], "dropped");
}

#[tokio::test]
async fn an_unreliable_policy_duplicates_and_reorders_webhooks() {
    let receiver = Receiver::start();
    let sandbox = TestSandbox::with_webhooks(&receiver.url).await;
    let policy = json!({
        "duplicate_per_mille": 1000, "delay_ms": [0, 50], "shuffle": true, "seed": 7,
    });
    sandbox.controlled("/webhooks", policy).await;
    for _ in 0..5 {
        sandbox.paid().await;
    }
    let webhooks = receiver.wait_for(30).await;
    let ids: HashSet<String> = webhooks.iter().map(ReceivedWebhook::id).collect();
    assert_eq!((webhooks.len(), ids.len()), (30, 15));
    let listed = sandbox.get("/v1/events?limit=100").await;
    let listed = listed.body["data"].as_array().unwrap().iter().rev();
    let in_order: Vec<String> = listed
        .map(|event| event["id"].as_str().unwrap().to_owned())
        .collect();
    let mut seen = HashSet::new();
    let first_received = webhooks.iter().map(ReceivedWebhook::id);
    let order_received: Vec<String> = first_received
        .filter(|id| seen.insert(id.clone()))
        .collect();
    assert_ne!(order_received, in_order);
}

#[tokio::test]
async fn a_webhook_that_times_out_is_retried() {
    let sandbox = TestSandbox::start(SandboxSettings {
        // Accepts connections and never responds.
        webhook_url: Some(unresponsive_url().parse().unwrap()),
        webhook_timeout: Duration::from_millis(50),
        webhook_retries: vec![Duration::from_millis(10)],
        ..settings()
    })
    .await;
    sandbox.paid().await;
    while counts(&sandbox).await["failed"] != 3 {
        sleep(Duration::from_millis(20)).await;
    }
    let state = sandbox.state().await;
    let delivery = &state["deliveries"][0];
    assert_eq!(delivery["state"], "failed");
    let attempts = delivery["attempts"].as_array().unwrap();
    assert_eq!(attempts.len(), 2);
    assert!(attempts[0]["error"].as_str().unwrap().contains("timed out"));
}

fn unresponsive_url() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::mem::forget(listener);
    format!("http://{address}/")
}
