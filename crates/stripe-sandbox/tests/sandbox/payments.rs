use futures::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{TestSandbox, settings};

/// The only payment intent of the state.
async fn payment_intent(sandbox: &TestSandbox) -> Value {
    sandbox.state().await["payment_intents"][0].clone()
}

#[tokio::test]
async fn the_state_shows_what_became_of_a_payment() {
    let sandbox = TestSandbox::start(settings()).await;
    let (session, payment) = sandbox.paid().await;
    let form = [("payment_intent", payment.as_str()), ("amount", "150")];
    sandbox.post("/v1/refunds", &form).await;
    let payment_intent = payment_intent(&sandbox).await;
    assert_eq!(payment_intent["id"], payment);
    assert_eq!(payment_intent["session"], session);
    for (field, amount) in [
        ("amount", 1_000),
        ("amount_received", 1_000),
        ("amount_refunded", 150),
        ("amount_refunds_pending", 0),
        ("amount_disputed", 0),
        ("amount_charged_back", 0),
        ("net", 850),
    ] {
        assert_eq!(payment_intent[field], amount, "{field}");
    }
    let charge = payment_intent["charge"].as_str().unwrap();
    for id in [&session, &payment, charge] {
        let statement = sandbox
            .control_with(Method::GET, &format!("/payments/{id}"))
            .await;
        assert_eq!(statement, payment_intent);
    }
}

#[tokio::test]
async fn a_refund_names_a_session_a_payment_or_a_charge() {
    let sandbox = TestSandbox::start(settings()).await;
    let (session, payment) = sandbox.paid().await;
    let charge = payment_intent(&sandbox).await["charge"]
        .as_str()
        .unwrap()
        .to_owned();
    for id in [session, payment, charge] {
        let body = json!({"payment": id, "amount": 100, "reason": "duplicate"});
        let refund = sandbox.controlled("/refunds", body).await;
        assert_eq!(refund["object"], "refund");
    }
    assert_eq!(payment_intent(&sandbox).await["amount_refunded"], 300);
    let too_much = json!({"payment": payment_intent(&sandbox).await["id"], "amount": 701});
    let rejected = sandbox.control("/refunds", too_much).await;
    assert_eq!(rejected.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_expired_session_can_be_paid_late() {
    let sandbox = TestSandbox::start(settings()).await;
    let session = sandbox.open().await;
    sandbox.press(&session, "expire").await;
    let path = format!("/sessions/{session}/pay");
    let rejected = sandbox.control(&path, json!({})).await;
    assert_eq!(rejected.status, StatusCode::BAD_REQUEST);
    let paid = sandbox.controlled(&path, json!({"late": true})).await;
    assert_eq!(paid["status"], "complete");
    assert_eq!(paid["payment_status"], "paid");
}

#[tokio::test]
async fn a_delayed_payment_settles_after_the_session_is_complete() {
    let sandbox = TestSandbox::start(settings()).await;
    let session = sandbox.open().await;
    let path = format!("/sessions/{session}");
    let sent = sandbox
        .controlled(&format!("{path}/pay_async"), json!({}))
        .await;
    assert_eq!(
        (&sent["status"], &sent["payment_status"]),
        (&json!("complete"), &json!("unpaid"))
    );
    let settle = format!("{path}/settle_async");
    let come = sandbox.controlled(&settle, json!({"succeed": true})).await;
    assert_eq!(come["payment_status"], "paid");
    assert_eq!(payment_intent(&sandbox).await["net"], 1_000);
}

#[tokio::test]
async fn an_invalid_control_request_is_rejected() {
    let sandbox = TestSandbox::start(settings()).await;
    for (path, body) in [
        ("/refunds", json!({})),
        ("/refunds", json!({"payment": "pi_1", "status": "lost"})),
        ("/refund_outcomes", json!({})),
        ("/payments/pi_1/dispute", json!({"amount": 0})),
        ("/disputes/du_1/close", json!({"status": ""})),
        ("/webhooks", json!({"drop_per_cent": 1})),
        ("/webhooks", json!({"drop_per_mille": 1_001})),
        ("/webhooks", json!({"delay_ms": [2, 1]})),
        ("/webhooks/url", json!({"url": "nowhere"})),
        ("/faults", json!({"kind": "flood"})),
        ("/faults", json!({"kind": "garbage", "kept": true})),
        ("/faults", json!({"kind": "refused", "status": 500})),
        ("/faults", json!({"kind": "refused", "after_effect": true})),
        ("/sessions/cs_1/pay_again", json!({"currency": "xxx"})),
        ("/events", json!({})),
    ] {
        let rejected = sandbox.control(path, body).await;
        assert_eq!(rejected.status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(rejected.body["error"]["type"], "invalid_request_error");
    }
}

#[tokio::test]
async fn concurrent_buyers_pay_each_session_once() {
    let sandbox = TestSandbox::start(settings()).await;
    let buyers = (0..200).map(|_| async {
        let session = sandbox.open().await;
        // Each buyer double-clicks.
        let (one, other) = tokio::join!(
            sandbox.press(&session, "pay"),
            sandbox.press(&session, "pay")
        );
        [one.status(), other.status()]
    });
    for mut statuses in join_all(buyers).await {
        statuses.sort();
        assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::CONFLICT]);
    }
    let state = sandbox.state().await;
    let payments = state["payment_intents"].as_array().unwrap();
    let net: i64 = payments
        .iter()
        .map(|payment| payment["net"].as_i64().unwrap())
        .sum();
    assert_eq!((payments.len(), net), (200, 200_000));
}
