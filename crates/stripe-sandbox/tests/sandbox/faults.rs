use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::harness::{SESSION, TestSandbox, settings};

const SESSIONS: &str = "/v1/checkout/sessions";

async fn sessions(sandbox: &TestSandbox) -> usize {
    sandbox.state().await["sessions"].as_array().unwrap().len()
}

async fn with(fault: Value) -> TestSandbox {
    let sandbox = TestSandbox::start(settings()).await;
    sandbox.controlled("/faults", fault).await;
    sandbox
}

#[tokio::test]
async fn a_failure_before_the_effect_changes_nothing() {
    let sandbox = with(json!({"kind": "status_500", "next": 2})).await;
    for _ in 0..2 {
        let failed = sandbox
            .try_post(SESSIONS, SESSION, Some("k"))
            .await
            .unwrap();
        assert_eq!(failed.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(failed.body["error"]["type"], "api_error");
        assert_eq!(sessions(&sandbox).await, 0);
    }
    let response = sandbox
        .try_post(SESSIONS, SESSION, Some("k"))
        .await
        .unwrap();
    assert_eq!(response.status, StatusCode::OK);
    assert_eq!(response.header("Idempotent-Replayed"), None);
}

#[tokio::test]
async fn a_repeat_finds_the_effect_of_a_lost_response() {
    for kind in ["status_500", "garbage"] {
        let sandbox = with(json!({"kind": kind, "after_effect": true})).await;
        let response = sandbox
            .try_post(SESSIONS, SESSION, Some("k"))
            .await
            .unwrap();
        assert!(response.body["id"].is_null(), "{kind}");
        assert_eq!(sessions(&sandbox).await, 1, "{kind}");
        let response = sandbox
            .try_post(SESSIONS, SESSION, Some("k"))
            .await
            .unwrap();
        assert_eq!(response.header("Idempotent-Replayed"), Some("true"));
        assert_eq!(response.body["object"], "checkout.session");
        assert_eq!(sessions(&sandbox).await, 1, "{kind}");
    }
}

#[tokio::test]
async fn a_failure_can_be_stored_under_the_idempotency_key() {
    let sandbox = with(json!({"kind": "status_500", "kept": true})).await;
    for _ in 0..3 {
        let failed = sandbox
            .try_post(SESSIONS, SESSION, Some("k"))
            .await
            .unwrap();
        assert_eq!(failed.status, StatusCode::INTERNAL_SERVER_ERROR);
    }
    let other = sandbox
        .try_post(SESSIONS, SESSION, Some("k2"))
        .await
        .unwrap();
    assert_eq!(other.status, StatusCode::OK);
}

#[tokio::test]
async fn a_timeout_breaks_the_connection_before_or_after_the_effect() {
    for (after_effect, count) in [(false, 0), (true, 1)] {
        let fault = json!({"kind": "timeout", "delay_ms": 50, "after_effect": after_effect});
        let sandbox = with(fault).await;
        let response = sandbox.try_post(SESSIONS, SESSION, Some("k")).await;
        assert!(response.is_err(), "{response:?}");
        assert_eq!(sessions(&sandbox).await, count);
    }
}

#[tokio::test]
async fn a_slow_request_takes_effect_after_its_client_has_left() {
    let sandbox = with(json!({"kind": "slow", "delay_ms": 1500})).await;
    let request = sandbox.try_post(SESSIONS, SESSION, Some("k"));
    assert!(timeout(Duration::from_millis(300), request).await.is_err());
    assert_eq!(sessions(&sandbox).await, 0);
    while sessions(&sandbox).await == 0 {
        sleep(Duration::from_millis(50)).await;
    }
    let response = sandbox
        .try_post(SESSIONS, SESSION, Some("k"))
        .await
        .unwrap();
    assert_eq!(response.header("Idempotent-Replayed"), Some("true"));
}

#[tokio::test]
async fn a_fault_applies_only_to_requests_that_match() {
    let fault = json!({"kind": "status_500", "path_prefix": "/v1/refunds", "method": "POST"});
    let sandbox = with(fault).await;
    sandbox.open().await;
    assert_eq!(sandbox.get("/v1/refunds").await.status, StatusCode::OK);
    let failed = sandbox.post("/v1/refunds", &[]).await;
    assert_eq!(failed.status, StatusCode::INTERNAL_SERVER_ERROR);
    let passed = sandbox.post("/v1/refunds", &[]).await;
    assert_eq!(passed.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn pending_faults_are_listed_and_cleared() {
    let sandbox = with(json!({"kind": "timeout", "next": 3})).await;
    let waiting = sandbox.control_with(Method::GET, "/faults").await;
    assert_eq!(waiting["waiting"][0]["next"], 3);
    assert_eq!(waiting["waiting"][0]["delay_ms"], 30_000);
    sandbox.control_with(Method::DELETE, "/faults").await;
    sandbox.open().await;
}

#[tokio::test]
async fn a_hanging_request_does_not_delay_the_stop() {
    let sandbox = with(json!({"kind": "timeout"})).await;
    let request = sandbox
        .http
        .get(sandbox.url("/v1/events"))
        .bearer_auth("sk_test_sandbox");
    let request = tokio::spawn(request.send());
    sleep(Duration::from_millis(100)).await;
    let start = Instant::now();
    sandbox.inner.stop().await;
    assert!(start.elapsed() < Duration::from_secs(5));
    request.abort();
}

#[tokio::test]
async fn a_refusal_has_the_requested_error_and_frees_the_key() {
    let closed = json!({
        "kind": "refused", "status": 400, "error_type": "invalid_request_error",
        "code": "account_closed", "message": "This account is closed.",
    });
    let sandbox = with(closed).await;
    let refused = sandbox.try_post(SESSIONS, SESSION, Some("k")).await;
    let refused = refused.unwrap();
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let error = &refused.body["error"];
    assert_eq!(error["type"], "invalid_request_error");
    assert_eq!(error["code"], "account_closed");
    assert_eq!(error["message"], "This account is closed.");
    let accepted = sandbox.try_post(SESSIONS, SESSION, Some("k")).await;
    let accepted = accepted.unwrap();
    assert_eq!(accepted.status, StatusCode::OK);
    assert_eq!(accepted.header("Idempotent-Replayed"), None);
}

#[tokio::test]
async fn a_refusal_can_last_until_it_is_lifted() {
    let sandbox = with(json!({"kind": "refused", "next": null, "method": "POST"})).await;
    for _ in 0..20 {
        let refused = sandbox.post(SESSIONS, SESSION).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert_eq!(refused.body["error"]["type"], "invalid_request_error");
    }
    assert_eq!(sandbox.get("/v1/events").await.status, StatusCode::OK);
    let waiting = sandbox.control_with(Method::GET, "/faults").await;
    assert!(waiting["waiting"][0]["next"].is_null());
    sandbox.control_with(Method::DELETE, "/faults").await;
    sandbox.open().await;
}
