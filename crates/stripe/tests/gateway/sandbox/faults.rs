use super::*;
use crate::support::{is_unavailable, money, refund_due};

const SESSIONS: &str = "/v1/checkout/sessions";

/// Every way to lose a response after the request took effect.
fn lost_responses(path: &str) -> [Value; 3] {
    ["timeout", "garbage", "status_500"].map(
        |kind| json!({"kind": kind, "path_prefix": path, "method": "POST", "after_effect": true}),
    )
}

async fn sessions(stripe: &Stripe) -> usize {
    stripe.state().await["sessions"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_session_whose_response_was_lost_is_returned_by_the_retry() {
    for fault in lost_responses(SESSIONS) {
        let stripe = Stripe::start().await;
        let charge = stripe.order(1, money(12_50, "USD"), money(0, "USD")).await;
        stripe.fault(fault).await;
        let session = stripe.open(&charge).await;
        assert_eq!(stripe.open(&charge).await, session);
        assert_eq!(sessions(&stripe).await, 1);
    }
}

#[tokio::test]
async fn a_session_whose_every_response_was_lost_is_returned_later() {
    let stripe = Stripe::start().await;
    let charge = stripe.order(1, money(12_50, "USD"), money(0, "USD")).await;
    let [mut fault, ..] = lost_responses(SESSIONS);
    fault["next"] = json!(3);
    stripe.fault(fault).await;
    assert!(is_unavailable(&stripe.gateway.open_session(&charge).await));
    assert_eq!(sessions(&stripe).await, 1);
    stripe.open(&charge).await;
    assert_eq!(sessions(&stripe).await, 1);
}

#[tokio::test]
async fn a_refund_whose_response_was_lost_is_executed_once() {
    for fault in lost_responses("/v1/refunds") {
        let stripe = Stripe::start().await;
        let charge = stripe.tab(1, money(5_00, "USD")).await;
        let payment = stripe.paid(&charge).await;
        let due = refund_due(1, &payment, money(1_00, "USD"));
        stripe.fault(fault).await;
        stripe.gateway.refund(&due).await.unwrap();
        let state = stripe.state().await;
        assert_eq!(state["payment_intents"][0]["amount_refunded"], 100);
    }
}

#[tokio::test]
async fn a_session_whose_expiry_response_was_lost_is_expired() {
    for fault in lost_responses(SESSIONS) {
        let stripe = Stripe::start().await;
        let charge = stripe.tab(1, money(5_00, "USD")).await;
        let session = stripe.open(&charge).await.reference;
        stripe.fault(fault).await;
        let report = stripe.gateway.expire_session(&session).await.unwrap();
        assert_eq!(report.status, SessionStatus::Expired);
    }
}

#[tokio::test]
async fn transient_failures_are_retried_up_to_the_maximum() {
    let stripe = Stripe::start().await;
    let charge = stripe.tab(1, money(5_00, "USD")).await;
    for (kind, next, succeeds) in [
        ("status_500", 2, true),
        ("garbage", 2, true),
        ("timeout", 1, true),
        ("status_500", 3, false),
        ("garbage", 3, false),
    ] {
        stripe.fault(json!({"kind": kind, "next": next})).await;
        let response = stripe.gateway.open_session(&charge).await;
        assert_eq!(response.is_ok(), succeeds, "{kind} {next}");
        assert!(succeeds || is_unavailable(&response));
    }
}

#[tokio::test]
async fn a_failure_stored_under_the_key_persists_and_opens_nothing() {
    let stripe = Stripe::start().await;
    let charge = stripe.tab(1, money(5_00, "USD")).await;
    stripe
        .fault(json!({"kind": "status_500", "kept": true}))
        .await;
    for _ in 0..2 {
        assert!(is_unavailable(&stripe.gateway.open_session(&charge).await));
    }
    assert_eq!(sessions(&stripe).await, 0);
}

#[tokio::test]
async fn a_slow_response_within_the_time_limit_is_accepted() {
    let stripe = Stripe::start().await;
    let charge = stripe.tab(1, money(5_00, "USD")).await;
    stripe.fault(json!({"kind": "slow", "delay_ms": 100})).await;
    stripe.open(&charge).await;
    assert_eq!(sessions(&stripe).await, 1);
}

#[tokio::test]
async fn concurrent_requests_for_one_charge_get_one_session() {
    let stripe = Stripe::start().await;
    let mut settings = settings_for(&stripe.sandbox);
    settings.timeout = Duration::from_secs(10);
    settings.retries = 5;
    let gateway = gateway_with(&settings);
    let charge = stripe.tab(1, money(5_00, "USD")).await;
    let opened = [0; 8].map(|_| gateway.open_session(&charge));
    let mut references = Vec::new();
    for session in futures::future::join_all(opened).await {
        references.push(session.unwrap().reference);
    }
    references.dedup();
    assert_eq!(references.len(), 1);
    assert_eq!(sessions(&stripe).await, 1);
}
