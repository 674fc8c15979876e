use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;
use udam_stripe_sandbox::SandboxSettings;

use crate::harness::{SESSION, TestSandbox, now, settings};

async fn start(directory: &TempDir) -> TestSandbox {
    TestSandbox::start(SandboxSettings {
        journal: Some(directory.path().join("journal")),
        ..settings()
    })
    .await
}

async fn objects(sandbox: &TestSandbox) -> Vec<Value> {
    let state = sandbox.state().await;
    ["sessions", "payment_intents", "refunds", "disputes"]
        .map(|name| state[name].clone())
        .to_vec()
}

#[tokio::test]
async fn a_sandbox_that_is_started_again_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let first = start(&directory).await;
    let address = first.inner.base_url().clone();
    let key = Some("key-1");
    let opened = first.try_post("/v1/checkout/sessions", SESSION, key).await;
    let opened = opened.unwrap().body["id"].as_str().unwrap().to_owned();
    let (_, payment) = first.paid().await;
    let part = [("payment_intent", payment.as_str()), ("amount", "100")];
    assert_eq!(
        first.post("/v1/refunds", &part).await.status,
        StatusCode::OK
    );
    let (_, disputed) = first.paid().await;
    let dispute = format!("/payments/{disputed}/dispute");
    first.controlled(&dispute, json!({})).await;
    let (before, events) = (objects(&first).await, first.get("/v1/events").await.body);
    first.inner.stop().await;

    let again = start(&directory).await;
    assert_eq!(again.inner.base_url(), &address);
    assert_eq!(objects(&again).await, before);
    let listed = again.get("/v1/events").await.body;
    assert_eq!(listed["data"], events["data"]);
    let repeated = again.try_post("/v1/checkout/sessions", SESSION, key).await;
    assert_eq!(repeated.unwrap().body["id"], opened.as_str());
    let pressed = again.press(&opened, "pay").await;
    assert_eq!(pressed.status(), StatusCode::SEE_OTHER);
    let rest = [("payment_intent", payment.as_str())];
    let refund = again.post("/v1/refunds", &rest).await;
    assert_eq!(refund.body["amount"], 900, "{}", refund.body);
    let refused = [("payment_intent", disputed.as_str())];
    let refused = again.post("/v1/refunds", &refused).await;
    assert_eq!(refused.body["error"]["code"], "charge_disputed");
}

#[tokio::test]
async fn what_was_due_in_the_meantime_expires_at_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let first = start(&directory).await;
    let end = (now() + 600).to_string();
    let form = [SESSION, &[("expires_at", end.as_str())]].concat();
    let session = first.post("/v1/checkout/sessions", &form).await.body;
    first.inner.stop().await;
    let journal = directory.path().join("journal");
    let kept = std::fs::read_to_string(&journal).unwrap();
    let due = kept.replace(
        &format!("\"expires_at\":{end}"),
        "\"expires_at\":1000000000",
    );
    assert_ne!(due, kept);
    std::fs::write(&journal, due).unwrap();

    let again = start(&directory).await;
    let id = session["id"].as_str().unwrap();
    let session = again.get(&format!("/v1/checkout/sessions/{id}")).await.body;
    assert_eq!(session["status"], "expired", "{session}");
    let events = again.get("/v1/events?type=checkout.session.expired").await;
    assert_eq!(events.body["data"][0]["data"]["object"]["id"], id);
}

#[tokio::test]
async fn a_sandbox_whose_port_is_taken_listens_at_another() {
    let directory = tempfile::tempdir().unwrap();
    let first = start(&directory).await;
    let session = first.open().await;
    // The first still listens. Two that write a journal at once are not meant to be; this one only reads it.
    let second = start(&directory).await;
    assert_ne!(first.inner.base_url(), second.inner.base_url());
    assert_eq!(
        second.press(&session, "pay").await.status(),
        StatusCode::SEE_OTHER
    );
}
