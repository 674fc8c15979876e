//! Failures of requests, and the errors that callers get.

use std::time::{Duration, Instant};

use serde_json::json;
use udam_domain::PaymentGateway;
use udam_domain::payment::Charge;

use crate::scripted::{ScriptedServer, Step};
use crate::support::{
    SECRET_KEY, error_text, gateway, gateway_with, is_denied, is_refused, is_unavailable, money,
    order_charge, session, settings, short_timeout_settings,
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
async fn a_transient_failure_is_retried_with_the_same_key_and_form() {
    for transient in [
        Step::Disconnect,
        failure(),
        Step::Respond(502, b"<html>Bad gateway</html>".to_vec()),
        Step::error(429, "invalid_request_error", "Too many requests."),
        Step::error(409, "idempotency_error", "The key is in use."),
    ] {
        let stripe = ScriptedServer::start([transient, opened()]).await;
        let response = gateway(stripe.address).open_session(&charge()).await;
        assert!(response.is_ok());
        let requests = stripe.requests();
        assert_eq!(requests.len(), 2);
        assert_eq!(requests[0], requests[1]);
    }
}

#[tokio::test]
async fn after_two_retries_stripe_is_unavailable() {
    let stripe = ScriptedServer::start([failure(), failure(), failure(), opened()]).await;
    let response = gateway(stripe.address).open_session(&charge()).await;
    assert!(is_unavailable(&response));
    assert_eq!(stripe.requests().len(), 3);
}

#[tokio::test]
async fn a_rejected_request_is_not_retried() {
    for status in [400, 401, 402, 403, 404] {
        let rejection = Step::error(status, "invalid_request_error", "No.");
        let stripe = ScriptedServer::start([rejection, opened()]).await;
        let response = gateway(stripe.address).open_session(&charge()).await;
        // A wrong key and a missing permission say nothing about the charge.
        if [401, 403].contains(&status) {
            assert!(is_denied(&response), "{status}");
        } else {
            assert!(is_refused(&response), "{status}");
        }
        assert_eq!(stripe.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_stripe_that_does_not_respond_is_unavailable_within_the_time_limit() {
    let stripe = ScriptedServer::start([
        Step::NoResponse,
        Step::NoResponse,
        Step::NoResponse,
        opened(),
    ])
    .await;
    let start = Instant::now();
    let gateway = gateway_with(&short_timeout_settings(stripe.address));
    let response = gateway.open_session(&charge()).await;
    assert_eq!(stripe.requests().len(), 3);
    assert!(is_unavailable(&response));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_stripe_that_refuses_the_connection_is_unavailable() {
    let gone = ScriptedServer::start([]).await.address;
    let response = gateway(gone).open_session(&charge()).await;
    assert!(is_unavailable(&response));
}

#[tokio::test]
async fn a_garbled_response_is_unavailable() {
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
            let steps = [0; 3].map(|_| Step::Respond(status, garbage.clone()));
            let stripe = ScriptedServer::start(steps).await;
            let response = gateway(stripe.address).open_session(&charge()).await;
            assert!(is_unavailable(&response));
        }
    }
}

#[tokio::test]
async fn without_retries_one_request_is_sent() {
    let stripe = ScriptedServer::start([failure(), opened()]).await;
    let mut settings = settings(stripe.address);
    settings.retries = 0;
    let response = gateway_with(&settings).open_session(&charge()).await;
    assert!(is_unavailable(&response));
    assert_eq!(stripe.requests().len(), 1);
}

#[tokio::test]
async fn no_error_and_no_debug_output_contains_the_key_or_the_request() {
    let message = format!("Invalid API Key provided: {SECRET_KEY}");
    for step in [
        Step::error(401, "invalid_request_error", &message),
        Step::error(500, "api_error", &message),
        Step::Respond(500, SECRET_KEY.as_bytes().to_vec()),
        Step::Disconnect,
        Step::NoResponse,
    ] {
        let stripe = ScriptedServer::start([step]).await;
        let mut settings = short_timeout_settings(stripe.address);
        settings.retries = 0;
        let gateway = gateway_with(&settings);
        let error = gateway.open_session(&charge()).await.unwrap_err();
        let text = format!("{} {gateway:?} {settings:?}", error_text(&error));
        for secret in [
            SECRET_KEY,
            "hunter2",
            "Bearer",
            "Tide",
            "CHECKOUT_SESSION_ID",
        ] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[tokio::test]
async fn an_error_has_stripe_s_message() {
    let error = json!({"error": {
        "type": "invalid_request_error", "code": "amount_too_small", "param": "line_items",
        "message": "The amount must be at least 50 cents.",
    }});
    let stripe = ScriptedServer::start([Step::json(400, &error)]).await;
    let refused = gateway(stripe.address).open_session(&charge()).await;
    let text = error_text(&refused.unwrap_err());
    assert!(text.contains(
        "stripe responded with 400, invalid_request_error amount_too_small line_items: \
         The amount must be at least 50 cents."
    ));
}
