use futures::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::stage::{Stage, settings};

/// What the books say of the only payment.
async fn books(stage: &Stage) -> Value {
    stage.state().await["payment_intents"][0].clone()
}

#[tokio::test]
async fn the_books_say_where_the_money_is() {
    let stage = Stage::set(settings()).await;
    let (session, payment) = stage.paid().await;
    let form = [("payment_intent", payment.as_str()), ("amount", "150")];
    stage.post("/v1/refunds", &form).await;
    let books = books(&stage).await;
    assert_eq!(books["id"], payment);
    assert_eq!(books["session"], session);
    for (field, amount) in [
        ("amount", 1_000),
        ("amount_received", 1_000),
        ("amount_refunded", 150),
        ("amount_disputed", 0),
        ("amount_charged_back", 0),
        ("net", 850),
    ] {
        assert_eq!(books[field], amount, "{field}");
    }
}

#[tokio::test]
async fn an_operator_refunds_by_session_payment_or_charge() {
    let stage = Stage::set(settings()).await;
    let (session, payment) = stage.paid().await;
    let charge = books(&stage).await["charge"].as_str().unwrap().to_owned();
    for id in [session, payment, charge] {
        let body = json!({"payment": id, "amount": 100, "reason": "duplicate"});
        let refund = stage.controlled("/refunds", body).await;
        assert_eq!(refund["object"], "refund");
    }
    assert_eq!(books(&stage).await["amount_refunded"], 300);
    let too_much = json!({"payment": books(&stage).await["id"], "amount": 701});
    let refused = stage.control("/refunds", too_much).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_dispute_that_is_lost_moves_the_money_back() {
    let stage = Stage::set(settings()).await;
    let (_, payment) = stage.paid().await;
    let path = format!("/payments/{payment}/dispute");
    let dispute = stage.controlled(&path, json!({"reason": "general"})).await;
    assert_eq!(dispute["reason"], "general");
    assert_eq!(books(&stage).await["amount_disputed"], 1_000);
    let path = format!("/disputes/{}/close", dispute["id"].as_str().unwrap());
    let closed = stage.controlled(&path, json!({"status": "lost"})).await;
    assert_eq!(closed["status"], "lost");
    let books = books(&stage).await;
    assert_eq!(
        (&books["amount_charged_back"], &books["net"]),
        (&json!(1_000), &json!(0))
    );
    let refund = stage
        .post("/v1/refunds", &[("payment_intent", &payment)])
        .await;
    assert_eq!(refund.body["error"]["code"], "charge_disputed");
}

#[tokio::test]
async fn money_may_come_after_the_session_has_expired() {
    let stage = Stage::set(settings()).await;
    let session = stage.open().await;
    stage.press(&session, "expire").await;
    let path = format!("/sessions/{session}/pay");
    let refused = stage.control(&path, json!({})).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let paid = stage.controlled(&path, json!({"late": true})).await;
    assert_eq!(paid["status"], "complete");
    assert_eq!(paid["payment_status"], "paid");
}

#[tokio::test]
async fn money_may_come_slowly() {
    let stage = Stage::set(settings()).await;
    let session = stage.open().await;
    let path = format!("/sessions/{session}");
    let sent = stage
        .controlled(&format!("{path}/pay_async"), json!({}))
        .await;
    assert_eq!(
        (&sent["status"], &sent["payment_status"]),
        (&json!("complete"), &json!("unpaid"))
    );
    let settle = format!("{path}/settle_async");
    let come = stage.controlled(&settle, json!({"succeed": true})).await;
    assert_eq!(come["payment_status"], "paid");
    assert_eq!(books(&stage).await["net"], 1_000);
}

#[tokio::test]
async fn what_a_test_misspells_is_refused() {
    let stage = Stage::set(settings()).await;
    for (path, body) in [
        ("/refunds", json!({})),
        ("/webhooks", json!({"drop_per_cent": 1})),
        ("/webhooks", json!({"drop_per_mille": 1_001})),
        ("/webhooks", json!({"delay_ms": [2, 1]})),
        ("/webhooks/url", json!({"url": "nowhere"})),
        ("/faults", json!({"kind": "flood"})),
        ("/faults", json!({"kind": "garbage", "kept": true})),
    ] {
        let refused = stage.control(path, body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(refused.body["error"]["type"], "invalid_request_error");
    }
}

#[tokio::test]
async fn a_crowd_pays_each_session_once() {
    let stage = Stage::set(settings()).await;
    let buyers = (0..200).map(|_| async {
        let session = stage.open().await;
        // A double click.
        let (one, other) = tokio::join!(stage.press(&session, "pay"), stage.press(&session, "pay"));
        [one.status(), other.status()]
    });
    for mut statuses in join_all(buyers).await {
        statuses.sort();
        assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::CONFLICT]);
    }
    let known = stage.state().await;
    let payments = known["payment_intents"].as_array().unwrap();
    let net: i64 = payments
        .iter()
        .map(|payment| payment["net"].as_i64().unwrap())
        .sum();
    assert_eq!((payments.len(), net), (200, 200_000));
}
