use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{TestSandbox, settings};

/// The only payment intent of the state.
async fn payment_intent(sandbox: &TestSandbox) -> Value {
    sandbox.state().await["payment_intents"][0].clone()
}

#[tokio::test]
async fn a_lost_dispute_charges_the_amount_back() {
    let sandbox = TestSandbox::start(settings()).await;
    let (_, payment) = sandbox.paid().await;
    let path = format!("/payments/{payment}/dispute");
    let dispute = sandbox
        .controlled(&path, json!({"reason": "general"}))
        .await;
    assert_eq!(dispute["reason"], "general");
    assert_eq!(payment_intent(&sandbox).await["amount_disputed"], 1_000);
    let path = format!("/disputes/{}/close", dispute["id"].as_str().unwrap());
    let closed = sandbox.controlled(&path, json!({"status": "lost"})).await;
    assert_eq!(closed["status"], "lost");
    let payment_intent = payment_intent(&sandbox).await;
    assert_eq!(
        (
            &payment_intent["amount_charged_back"],
            &payment_intent["net"]
        ),
        (&json!(1_000), &json!(0))
    );
    let refund = sandbox
        .post("/v1/refunds", &[("payment_intent", &payment)])
        .await;
    assert_eq!(refund.body["error"]["code"], "charge_disputed");
}

#[tokio::test]
async fn several_disputes_of_a_payment_are_listed_and_accounted_for() {
    let sandbox = TestSandbox::start(settings()).await;
    let (_, payment) = sandbox.paid().await;
    let path = format!("/payments/{payment}/dispute");
    let inquiry = json!({"status": "warning_needs_response", "amount": 600});
    let part = json!({"amount": 300});
    for body in [inquiry, part] {
        sandbox.controlled(&path, body).await;
    }
    let listed = sandbox
        .get(&format!("/v1/disputes?payment_intent={payment}"))
        .await;
    let listed: Vec<(&str, i64)> = listed.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|dispute| {
            let status = dispute["status"].as_str().unwrap();
            (status, dispute["amount"].as_i64().unwrap())
        })
        .collect();
    let expected = [("needs_response", 300), ("warning_needs_response", 600)];
    assert_eq!(listed, expected);
    assert_eq!(payment_intent(&sandbox).await["net"], 700);
    let state = sandbox.state().await;
    assert_eq!(state["disputes"][0]["amount_withdrawn"], 0);
    assert_eq!(state["disputes"][1]["amount_withdrawn"], 300);
}

#[tokio::test]
async fn a_lost_dispute_is_won_on_appeal() {
    let sandbox = TestSandbox::start(settings()).await;
    let (session, _) = sandbox.paid().await;
    let path = format!("/payments/{session}/dispute");
    let dispute = sandbox.controlled(&path, json!({})).await;
    let path = format!("/disputes/{}/close", dispute["id"].as_str().unwrap());
    sandbox.controlled(&path, json!({"status": "lost"})).await;
    let rejected = sandbox.control(&path, json!({"status": "won"})).await;
    assert_eq!(rejected.status, StatusCode::BAD_REQUEST);
    let won = json!({"status": "won", "again": true});
    assert_eq!(sandbox.controlled(&path, won).await["status"], "won");
    assert_eq!(payment_intent(&sandbox).await["net"], 1_000);
}
