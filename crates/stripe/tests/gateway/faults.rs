//! What goes wrong on the way, and what callers are told.

use std::time::{Duration, Instant};

use serde_json::json;
use udam_domain::PaymentGateway;
use udam_domain::payment::Charge;

use crate::scripted::{Scripted, Step};
use crate::support::{
    SECRET_KEY, gateway, gateway_with, hasty_settings, is_refused, is_unavailable, money,
    order_charge, session, settings, told,
};

fn charge() -> Charge {
    order_charge(1, money(12_50, "USD"), money(0, "USD"))
}

fn opened() -> Step {
    Step::json(200, &session(&json!({})))
}

fn failure() -> Step {
    Step::error(500, "api_error", "Something went wrong.")
}

#[tokio::test]
async fn what_passes_is_asked_for_again_with_the_same_key_and_form() {
    for passing in [
        Step::HangUp,
        failure(),
        Step::Answer(502, b"<html>Bad gateway</html>".to_vec()),
        Step::error(429, "invalid_request_error", "Too many requests."),
        Step::error(409, "idempotency_error", "The key is in use."),
    ] {
        let stripe = Scripted::start([passing, opened()]).await;
        let answer = gateway(stripe.address).open_session(&charge()).await;
        assert!(answer.is_ok());
        let asked = stripe.asked();
        assert_eq!(asked.len(), 2);
        assert_eq!(asked[0], asked[1]);
    }
}

#[tokio::test]
async fn after_two_repeats_stripe_is_unavailable() {
    let stripe = Scripted::start([failure(), failure(), failure(), opened()]).await;
    let answer = gateway(stripe.address).open_session(&charge()).await;
    assert!(is_unavailable(&answer));
    assert_eq!(stripe.asked().len(), 3);
}

#[tokio::test]
async fn a_refusal_is_not_asked_for_again() {
    for status in [400, 401, 402, 403, 404] {
        let refusal = Step::error(status, "invalid_request_error", "No.");
        let stripe = Scripted::start([refusal, opened()]).await;
        let answer = gateway(stripe.address).open_session(&charge()).await;
        assert!(is_refused(&answer));
        assert_eq!(stripe.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_silent_stripe_is_given_up_within_the_bound() {
    let stripe = Scripted::start([Step::Silence, Step::Silence, Step::Silence, opened()]).await;
    let start = Instant::now();
    let gateway = gateway_with(&hasty_settings(stripe.address));
    let answer = gateway.open_session(&charge()).await;
    assert_eq!(stripe.asked().len(), 3);
    assert!(is_unavailable(&answer));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_stripe_that_is_not_there_is_unavailable() {
    let gone = Scripted::start([]).await.address;
    let answer = gateway(gone).open_session(&charge()).await;
    assert!(is_unavailable(&answer));
}

#[tokio::test]
async fn garbage_is_no_answer() {
    let deep = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
    for garbage in [
        b"".to_vec(),
        b"null".to_vec(),
        b"{\"id\": \"cs_1\"".to_vec(),
        b"<html>".to_vec(),
        vec![0xff, 0xfe],
        deep,
    ] {
        for status in [200, 302, 500] {
            let steps = [0; 3].map(|_| Step::Answer(status, garbage.clone()));
            let stripe = Scripted::start(steps).await;
            let answer = gateway(stripe.address).open_session(&charge()).await;
            assert!(is_unavailable(&answer));
        }
    }
}

#[tokio::test]
async fn without_repeats_stripe_is_asked_once() {
    let stripe = Scripted::start([failure(), opened()]).await;
    let mut settings = settings(stripe.address);
    settings.retries = 0;
    let answer = gateway_with(&settings).open_session(&charge()).await;
    assert!(is_unavailable(&answer));
    assert_eq!(stripe.asked().len(), 1);
}

#[tokio::test]
async fn no_error_and_no_print_shows_the_key_or_what_was_sent() {
    let message = format!("Invalid API Key provided: {SECRET_KEY}");
    for step in [
        Step::error(401, "invalid_request_error", &message),
        Step::error(500, "api_error", &message),
        Step::Answer(500, SECRET_KEY.as_bytes().to_vec()),
        Step::HangUp,
        Step::Silence,
    ] {
        let stripe = Scripted::start([step]).await;
        let mut settings = hasty_settings(stripe.address);
        settings.retries = 0;
        let gateway = gateway_with(&settings);
        let error = gateway.open_session(&charge()).await.unwrap_err();
        let told = format!("{} {gateway:?} {settings:?}", told(&error));
        for secret in [
            SECRET_KEY,
            "hunter2",
            "Bearer",
            "Tide",
            "CHECKOUT_SESSION_ID",
        ] {
            assert!(!told.contains(secret), "{told}");
        }
    }
}

#[tokio::test]
async fn an_error_says_what_stripe_said() {
    let error = json!({"error": {
        "type": "invalid_request_error", "code": "amount_too_small", "param": "line_items",
        "message": "The amount must be at least 50 cents.",
    }});
    let stripe = Scripted::start([Step::json(400, &error)]).await;
    let refused = gateway(stripe.address).open_session(&charge()).await;
    let told = told(&refused.unwrap_err());
    assert!(told.contains(
        "stripe answered 400, invalid_request_error amount_too_small line_items: \
         The amount must be at least 50 cents."
    ));
}
