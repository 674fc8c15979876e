use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::harness::{ApiResponse, TestSandbox, settings};

/// Requests a refund through the API, as the application does.
async fn request(sandbox: &TestSandbox, payment: &str, amount: &str) -> ApiResponse {
    let form = [("payment_intent", payment), ("amount", amount)];
    sandbox.post("/v1/refunds", &form).await
}

async fn kept(sandbox: &TestSandbox, payment: &str) -> i64 {
    let path = format!("/payments/{payment}");
    let statement = sandbox.control_with(Method::GET, &path).await;
    statement["net"].as_i64().unwrap()
}

#[tokio::test]
async fn the_next_refunds_have_the_planned_outcomes() {
    let sandbox = TestSandbox::start(settings()).await;
    let (_, payment) = sandbox.paid().await;
    sandbox
        .controlled("/refund_outcomes", json!({"status": "pending", "next": 2}))
        .await;
    let failed = json!({"status": "failed", "failure_reason": "expired_or_canceled_card"});
    let planned = sandbox.controlled("/refund_outcomes", failed).await;
    assert_eq!(planned["waiting"][1]["next"], 1);
    for (status, left) in [
        ("pending", 900),
        ("pending", 800),
        ("failed", 800),
        ("succeeded", 700),
    ] {
        let refund = request(&sandbox, &payment, "100").await;
        assert_eq!(refund.status, StatusCode::OK);
        assert_eq!(refund.body["status"], status);
        assert_eq!(kept(&sandbox, &payment).await, left, "{status}");
    }
    let for_ever = json!({"status": "pending", "next": null});
    sandbox.controlled("/refund_outcomes", for_ever).await;
    for _ in 0..3 {
        let refund = request(&sandbox, &payment, "1").await;
        assert_eq!(refund.body["status"], "pending");
    }
    let cleared = sandbox
        .control_with(Method::DELETE, "/refund_outcomes")
        .await;
    assert_eq!(cleared["waiting"], json!([]));
    let refund = request(&sandbox, &payment, "1").await;
    assert_eq!(refund.body["status"], "succeeded");
}

#[tokio::test]
async fn a_refund_that_failed_later_is_shown_as_failed() {
    let sandbox = TestSandbox::start(settings()).await;
    let (_, payment) = sandbox.paid().await;
    let refund = request(&sandbox, &payment, "400").await.body;
    let id = refund["id"].as_str().unwrap();
    let failed = json!({"status": "failed", "failure_reason": "insufficient_funds"});
    let settle = format!("/refunds/{id}/settle");
    sandbox.controlled(&settle, failed).await;
    let read = sandbox.get(&format!("/v1/refunds/{id}")).await.body;
    let listed = sandbox
        .get(&format!("/v1/refunds?payment_intent={payment}"))
        .await;
    assert_eq!(listed.body["data"][0], read);
    assert_eq!(read["status"], "failed");
    assert_eq!(read["failure_reason"], "insufficient_funds");
    let charge = sandbox
        .get(&format!("/v1/charges/{}", read["charge"].as_str().unwrap()))
        .await;
    assert_eq!(charge.body["amount_refunded"], 0);
    assert_eq!(kept(&sandbox, &payment).await, 1_000);
    let again = sandbox.control(&settle, json!({"status": "failed"})).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn refunds_are_refused_as_by_stripe() {
    let sandbox = TestSandbox::start(settings()).await;
    let (_, payment) = sandbox.paid().await;
    let too_much = request(&sandbox, &payment, "1001").await;
    assert_eq!(too_much.status, StatusCode::BAD_REQUEST);
    let error = &too_much.body["error"];
    assert_eq!(error["param"], "amount");
    assert!(error["code"].is_null());
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("is greater than unrefunded amount on charge"),
        "{message}"
    );
    request(&sandbox, &payment, "1000").await;
    let again = request(&sandbox, &payment, "1").await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert_eq!(again.body["error"]["code"], "charge_already_refunded");
}

#[tokio::test]
async fn an_operator_s_refund_has_the_metadata_and_the_status_it_is_given() {
    let sandbox = TestSandbox::start(settings()).await;
    let (session, payment) = sandbox.paid().await;
    let with_metadata = json!({
        "payment": session, "amount": 250, "metadata": {"order_id": "ord_1"}, "status": "pending",
    });
    let refund = sandbox.controlled("/refunds", with_metadata).await;
    assert_eq!(refund["metadata"]["order_id"], "ord_1");
    assert_eq!(refund["status"], "pending");
    let rest = sandbox
        .controlled("/refunds", json!({"payment": payment}))
        .await;
    assert_eq!(
        (&rest["amount"], &rest["metadata"]),
        (&json!(750), &json!({}))
    );
    let state = sandbox.state().await;
    assert_eq!(state["payment_intents"][0]["amount_refunds_pending"], 250);
    assert_eq!(state["refunds"][0]["status"], "pending");
}
