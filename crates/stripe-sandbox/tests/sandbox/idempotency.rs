use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;
use tokio::time::sleep;

use crate::stage::{SESSION, Stage, settings};

const SESSIONS: &str = "/v1/checkout/sessions";

#[tokio::test]
async fn a_repetition_says_that_it_is_one() {
    let stage = Stage::set(settings()).await;
    let first = stage.try_post(SESSIONS, SESSION, Some("k")).await.unwrap();
    let second = stage.try_post(SESSIONS, SESSION, Some("k")).await.unwrap();
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
async fn calls_without_a_key_are_calls_of_their_own() {
    let stage = Stage::set(settings()).await;
    assert_ne!(stage.open().await, stage.open().await);
}

#[tokio::test]
async fn a_repetition_while_the_first_call_is_in_progress_is_refused() {
    let stage = Stage::set(settings()).await;
    let fault = json!({"kind": "slow", "delay_ms": 1000});
    stage.controlled("/faults", fault).await;
    let first = stage.try_post(SESSIONS, SESSION, Some("k"));
    let second = async {
        sleep(Duration::from_millis(300)).await;
        stage.try_post(SESSIONS, SESSION, Some("k")).await
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first.unwrap().status, StatusCode::OK);
    let second = second.unwrap();
    assert_eq!(second.status, StatusCode::CONFLICT);
    assert_eq!(second.body["error"]["code"], "idempotency_key_in_use");
}

#[tokio::test]
async fn many_callers_with_one_key_make_one_session() {
    let stage = Stage::set(settings()).await;
    let calls = (0..50).map(|_| stage.try_post(SESSIONS, SESSION, Some("k")));
    let mut ids: Vec<String> = futures::future::join_all(calls)
        .await
        .into_iter()
        .map(|answer| answer.unwrap().body["id"].as_str().unwrap().to_owned())
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), 1);
}
