use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::stage::{SESSION, Stage, settings};

const SESSIONS: &str = "/v1/checkout/sessions";

async fn sessions(stage: &Stage) -> usize {
    stage.state().await["sessions"].as_array().unwrap().len()
}

async fn with(fault: Value) -> Stage {
    let stage = Stage::set(settings()).await;
    stage.controlled("/faults", fault).await;
    stage
}

#[tokio::test]
async fn a_failure_before_the_effect_leaves_nothing_behind() {
    let stage = with(json!({"kind": "status_500", "next": 2})).await;
    for _ in 0..2 {
        let failed = stage.try_post(SESSIONS, SESSION, Some("k")).await.unwrap();
        assert_eq!(failed.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(failed.body["error"]["type"], "api_error");
        assert_eq!(sessions(&stage).await, 0);
    }
    let answer = stage.try_post(SESSIONS, SESSION, Some("k")).await.unwrap();
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("Idempotent-Replayed"), None);
}

#[tokio::test]
async fn a_failure_after_the_effect_is_made_good_by_repeating() {
    for kind in ["status_500", "garbage"] {
        let stage = with(json!({"kind": kind, "after_effect": true})).await;
        let lost = stage.try_post(SESSIONS, SESSION, Some("k")).await.unwrap();
        assert!(lost.body["id"].is_null(), "{kind}");
        assert_eq!(sessions(&stage).await, 1, "{kind}");
        let answer = stage.try_post(SESSIONS, SESSION, Some("k")).await.unwrap();
        assert_eq!(answer.header("Idempotent-Replayed"), Some("true"));
        assert_eq!(answer.body["object"], "checkout.session");
        assert_eq!(sessions(&stage).await, 1, "{kind}");
    }
}

#[tokio::test]
async fn a_failure_can_be_one_that_is_remembered() {
    let stage = with(json!({"kind": "status_500", "kept": true})).await;
    for _ in 0..3 {
        let failed = stage.try_post(SESSIONS, SESSION, Some("k")).await.unwrap();
        assert_eq!(failed.status, StatusCode::INTERNAL_SERVER_ERROR);
    }
    let other = stage.try_post(SESSIONS, SESSION, Some("k2")).await.unwrap();
    assert_eq!(other.status, StatusCode::OK);
}

#[tokio::test]
async fn a_call_without_an_answer_breaks_off_and_may_have_had_its_effect() {
    for (after_effect, count) in [(false, 0), (true, 1)] {
        let fault = json!({"kind": "timeout", "delay_ms": 50, "after_effect": after_effect});
        let stage = with(fault).await;
        let lost = stage.try_post(SESSIONS, SESSION, Some("k")).await;
        assert!(lost.is_err(), "{lost:?}");
        assert_eq!(sessions(&stage).await, count);
    }
}

#[tokio::test]
async fn a_slow_call_takes_effect_although_nobody_waits_any_more() {
    let stage = with(json!({"kind": "slow", "delay_ms": 1500})).await;
    let impatient = stage.try_post(SESSIONS, SESSION, Some("k"));
    assert!(
        timeout(Duration::from_millis(300), impatient)
            .await
            .is_err()
    );
    assert_eq!(sessions(&stage).await, 0);
    while sessions(&stage).await == 0 {
        sleep(Duration::from_millis(50)).await;
    }
    let answer = stage.try_post(SESSIONS, SESSION, Some("k")).await.unwrap();
    assert_eq!(answer.header("Idempotent-Replayed"), Some("true"));
}

#[tokio::test]
async fn a_fault_strikes_only_what_it_is_meant_for() {
    let fault = json!({"kind": "status_500", "path_prefix": "/v1/refunds", "method": "POST"});
    let stage = with(fault).await;
    stage.open().await;
    assert_eq!(stage.get("/v1/refunds").await.status, StatusCode::OK);
    let struck = stage.post("/v1/refunds", &[]).await;
    assert_eq!(struck.status, StatusCode::INTERNAL_SERVER_ERROR);
    let spent = stage.post("/v1/refunds", &[]).await;
    assert_eq!(spent.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn faults_can_be_seen_and_taken_back() {
    let stage = with(json!({"kind": "timeout", "next": 3})).await;
    let waiting = stage.control_with(Method::GET, "/faults").await;
    assert_eq!(waiting["waiting"][0]["next"], 3);
    assert_eq!(waiting["waiting"][0]["delay_ms"], 30_000);
    stage.control_with(Method::DELETE, "/faults").await;
    stage.open().await;
}

#[tokio::test]
async fn a_call_that_hangs_does_not_hold_up_the_end() {
    let stage = with(json!({"kind": "timeout"})).await;
    let hanging = stage
        .http
        .get(stage.url("/v1/events"))
        .bearer_auth("sk_test_sandbox");
    let hanging = tokio::spawn(hanging.send());
    sleep(Duration::from_millis(100)).await;
    let begun = Instant::now();
    stage.sandbox.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(5));
    hanging.abort();
}
