//! Sessions: opening, reading and expiring them.

use serde_json::{Value, json};
use udam_domain::PaymentGateway;
use udam_domain::payment::{Payment, SessionStatus};

use crate::scripted::{ScriptedServer, Step};
use crate::support::{
    SECRET_KEY, charge_id, error_text, gateway, is_refused, is_unavailable, money, order_charge,
    reference, session,
};

/// Status of a session whose JSON has these fields replaced.
async fn status(changes: Value) -> Option<SessionStatus> {
    let stripe = ScriptedServer::start([Step::json(200, &session(&changes))]).await;
    let mut settings = crate::support::settings(stripe.address);
    settings.retries = 0;
    let report = crate::support::gateway_with(&settings)
        .session(&reference("cs_test_1"))
        .await;
    assert!(report.is_ok() || is_unavailable(&report));
    report.ok().map(|report| report.status)
}

fn paid(minor: i64, code: &str) -> SessionStatus {
    SessionStatus::Paid(Payment {
        reference: reference("pi_1"),
        amount: money(minor, code),
    })
}

#[tokio::test]
async fn a_session_is_requested_under_its_own_idempotency_key() {
    let stripe = ScriptedServer::start([Step::json(200, &session(&json!({})))]).await;
    let charge = order_charge(1, money(12_50, "USD"), money(3_00, "USD"));
    let opened = gateway(stripe.address).open_session(&charge).await.unwrap();
    assert_eq!(opened.reference, reference("cs_test_1"));
    assert_eq!(
        opened.url,
        "https://checkout.stripe.example/c/pay/cs_test_1"
    );

    let requests = &stripe.requests()[0];
    assert_eq!(requests.line, "POST /v1/checkout/sessions");
    assert_eq!(
        requests.header("authorization"),
        Some(format!("Bearer {SECRET_KEY}").as_str())
    );
    assert_eq!(
        requests.header("idempotency-key"),
        Some("order-ord_00000000000000000000000001-888371bd")
    );
    assert_eq!(
        requests.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert!(requests.header("stripe-version").is_some());
    assert!(requests.header("user-agent").unwrap().contains("udam/"));
}

#[tokio::test]
async fn the_same_charge_is_the_same_request_byte_for_byte() {
    let charge = order_charge(1, money(12_50, "USD"), money(3_00, "USD"));
    let mut requests = Vec::new();
    for _ in 0..20 {
        let stripe = ScriptedServer::start([Step::json(200, &session(&json!({})))]).await;
        let gateway = gateway(stripe.address);
        gateway.open_session(&charge).await.unwrap();
        requests.push(stripe.requests()[0].body.clone());
    }
    requests.dedup();
    assert_eq!(requests.len(), 1);
    assert!(requests[0].contains("CHECKOUT_SESSION_ID"));
}

#[tokio::test]
async fn a_session_without_a_url_is_unreadable() {
    let stripe = ScriptedServer::start([Step::json(200, &session(&json!({"url": null})))]).await;
    let charge = order_charge(1, money(12_50, "USD"), money(0, "USD"));
    let opened = gateway(stripe.address).open_session(&charge).await;
    assert!(is_unavailable(&opened));
}

#[tokio::test]
async fn an_invalid_amount_is_rejected_without_a_request() {
    let stripe = ScriptedServer::start([]).await;
    let charge = order_charge(1, money(12_501, "KWD"), money(0, "KWD"));
    let opened = gateway(stripe.address).open_session(&charge).await;
    assert!(is_refused(&opened));
    assert!(error_text(&opened.unwrap_err()).contains("12.501 KWD"));
    assert!(stripe.requests().is_empty());
}

#[tokio::test]
async fn a_session_has_the_status_that_stripe_reports() {
    let open = status(json!({})).await;
    assert_eq!(open, Some(SessionStatus::Open));
    // A card was declined; the buyer may try another.
    let declined = json!({"id": "pi_1", "status": "requires_payment_method"});
    let open = status(json!({"payment_intent": declined})).await;
    assert_eq!(open, Some(SessionStatus::Open));
    let expired = status(json!({"status": "expired", "url": null})).await;
    assert_eq!(expired, Some(SessionStatus::Expired));
    for intent in [json!("pi_1"), json!({"id": "pi_1", "status": "processing"})] {
        let complete = json!({"status": "complete", "payment_intent": intent});
        assert_eq!(status(complete).await, Some(SessionStatus::Processing));
    }
}

#[tokio::test]
async fn a_session_whose_delayed_payment_failed_is_expired() {
    for failed in ["requires_payment_method", "canceled"] {
        let intent = json!({"id": "pi_1", "status": failed});
        let complete = json!({"status": "complete", "payment_intent": intent});
        assert_eq!(status(complete).await, Some(SessionStatus::Expired));
    }
}

#[tokio::test]
async fn the_payment_of_a_session_is_in_iso_minor_units() {
    for intent in [json!("pi_1"), json!({"id": "pi_1", "status": "succeeded"})] {
        for (code, amount, minor) in [
            ("usd", 1_550, 15_50),
            ("jpy", 500, 500),
            ("kwd", 5_120, 5_120),
            ("ugx", 500, 5),
        ] {
            let complete = json!({
                "status": "complete", "payment_status": "paid", "payment_intent": intent,
                "currency": code, "amount_total": amount,
            });
            assert_eq!(status(complete).await, Some(paid(minor, code)));
        }
    }
}

#[tokio::test]
async fn an_invalid_session_is_unreadable() {
    for changes in [
        json!({"status": null}),
        json!({"status": "something_new"}),
        json!({"status": "complete", "payment_status": "no_payment_required"}),
        json!({"status": "complete", "payment_status": "paid"}),
        json!({"amount_total": 1.5}),
        json!({"id": 7}),
    ] {
        assert_eq!(status(changes).await, None);
    }
}

#[tokio::test]
async fn a_session_of_another_application_names_no_charge() {
    for (metadata, expected) in [
        (
            json!({"charge_id": charge_id(1).to_string()}),
            Some(charge_id(1)),
        ),
        (json!({"charge_id": "17"}), None),
        (json!(null), None),
    ] {
        let response = session(&json!({"metadata": metadata}));
        let stripe = ScriptedServer::start([Step::json(200, &response)]).await;
        let report = gateway(stripe.address)
            .session(&reference("cs_test_1"))
            .await
            .unwrap();
        assert_eq!(report.charge_id, expected);
    }
}

#[tokio::test]
async fn an_open_session_expires() {
    let expired = session(&json!({"status": "expired"}));
    let stripe = ScriptedServer::start([Step::json(200, &expired)]).await;
    let report = gateway(stripe.address)
        .expire_session(&reference("cs_test_1"))
        .await
        .unwrap();
    assert_eq!(report.status, SessionStatus::Expired);
    assert_eq!(report.charge_id, Some(charge_id(1)));
    assert_eq!(
        stripe.requests()[0].line,
        "POST /v1/checkout/sessions/cs_test_1/expire"
    );
}

#[tokio::test]
async fn expiring_a_session_that_is_not_open_returns_its_status() {
    let complete = session(&json!({
        "status": "complete", "payment_status": "paid", "payment_intent": "pi_1",
    }));
    let stripe = ScriptedServer::start([
        Step::error(400, "invalid_request_error", "This session is not open."),
        Step::json(200, &complete),
    ])
    .await;
    let report = gateway(stripe.address)
        .expire_session(&reference("cs_test_1"))
        .await
        .unwrap();
    assert_eq!(report.status, paid(15_50, "USD"));
}

#[tokio::test]
async fn a_session_that_stripe_refuses_to_expire_is_not_reported_as_expired() {
    let stripe = ScriptedServer::start([
        Step::error(403, "invalid_request_error", "The key may not do that."),
        Step::json(200, &session(&json!({}))),
    ])
    .await;
    let report = gateway(stripe.address)
        .expire_session(&reference("cs_test_1"))
        .await;
    assert!(is_unavailable(&report));
    assert!(error_text(&report.unwrap_err()).contains("The key may not do that."));
}

#[tokio::test]
async fn a_reference_with_path_characters_is_rejected_without_a_request() {
    let stripe = ScriptedServer::start([]).await;
    let gateway = gateway(stripe.address);
    for name in [
        "",
        "../refunds",
        "cs_1/expire",
        "cs_1?expand=x",
        "cs 1",
        "cs_é",
    ] {
        assert!(is_refused(&gateway.session(&reference(name)).await));
        assert!(is_refused(&gateway.expire_session(&reference(name)).await));
    }
    assert!(stripe.requests().is_empty());
}
