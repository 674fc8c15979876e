use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;
use tokio::time::sleep;

use crate::harness::{SESSION, TestSandbox, settings};

const SESSIONS: &str = "/v1/checkout/sessions";

#[tokio::test]
async fn a_repeat_is_marked_as_replayed() {
    let sandbox = TestSandbox::start(settings()).await;
    let first = sandbox
        .try_post(SESSIONS, SESSION, Some("k"))
        .await
        .unwrap();
    let second = sandbox
        .try_post(SESSIONS, SESSION, Some("k"))
        .await
        .unwrap();
    assert_eq!(first.body, second.body);
    assert_eq!(first.header("Idempotent-Replayed"), None);
    assert_eq!(second.header("Idempotent-Replayed"), Some("true"));
    assert_eq!(
        second.header("Original-Request"),
        first.header("Request-Id")
    );
    assert_ne!(second.header("Request-Id"), first.header("Request-Id"));
}

#[tokio::test]
async fn requests_without_a_key_are_executed_each_time() {
    let sandbox = TestSandbox::start(settings()).await;
    assert_ne!(sandbox.open().await, sandbox.open().await);
}

#[tokio::test]
async fn a_repeat_is_rejected_while_the_first_request_is_in_progress() {
    let sandbox = TestSandbox::start(settings()).await;
    let fault = json!({"kind": "slow", "delay_ms": 1000});
    sandbox.controlled("/faults", fault).await;
    let first = sandbox.try_post(SESSIONS, SESSION, Some("k"));
    let second = async {
        sleep(Duration::from_millis(300)).await;
        sandbox.try_post(SESSIONS, SESSION, Some("k")).await
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first.unwrap().status, StatusCode::OK);
    let second = second.unwrap();
    assert_eq!(second.status, StatusCode::CONFLICT);
    assert_eq!(second.body["error"]["code"], "idempotency_key_in_use");
}

#[tokio::test]
async fn concurrent_requests_with_one_key_create_one_session() {
    let sandbox = TestSandbox::start(settings()).await;
    let calls = (0..50).map(|_| sandbox.try_post(SESSIONS, SESSION, Some("k")));
    let mut ids: Vec<String> = futures::future::join_all(calls)
        .await
        .into_iter()
        .map(|response| response.unwrap().body["id"].as_str().unwrap().to_owned())
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), 1);
}
