//! Refunds, each executed once.

use serde_json::{Value, json};
use udam_domain::PaymentGateway;
use udam_domain::payment::RefundOutcome;

use crate::scripted::{ScriptedServer, Step};
use crate::support::{gateway, is_refused, money, reference, refund_due};

const NAME: &str = "rfd_00000000000000000000000005";

fn refund(id: &str, name: &str, status: &str) -> Value {
    json!({
        "id": id, "object": "refund", "status": status, "metadata": {"refund_id": name},
        "amount": 100, "currency": "usd",
    })
}

fn list(refunds: &[Value], has_more: bool) -> Step {
    let list =
        json!({"object": "list", "data": refunds, "has_more": has_more, "url": "/v1/refunds"});
    Step::json(200, &list)
}

#[tokio::test]
async fn a_refund_is_requested_under_its_own_idempotency_key() {
    let given = refund("re_1", NAME, "succeeded");
    let stripe = ScriptedServer::start([list(&[], false), Step::json(200, &given)]).await;
    let due = refund_due(5, &reference("pi_1"), money(5, "ISK"));
    let response = gateway(stripe.address).refund(&due).await.unwrap();
    assert_eq!(response.reference, reference("re_1"));

    let requests = &stripe.requests()[1];
    assert_eq!(requests.line, "POST /v1/refunds");
    assert_eq!(
        requests.header("idempotency-key"),
        Some(format!("refund-{NAME}").as_str())
    );
    let charge = "chg_00000000000000000000000001";
    assert_eq!(
        requests.body,
        format!(
            "amount=500&metadata[charge_id]={charge}&metadata[refund_id]={NAME}&payment_intent=pi_1"
        )
    );
}

#[tokio::test]
async fn an_existing_refund_is_not_requested_again() {
    let other = refund("re_2", "rfd_00000000000000000000000006", "succeeded");
    let foreign = json!({"id": "re_3", "status": "succeeded", "metadata": null});
    let stripe = ScriptedServer::start([
        list(&[other, foreign], true),
        list(&[refund("re_1", NAME, "pending")], false),
    ])
    .await;
    let due = refund_due(5, &reference("pi_1"), money(1_00, "USD"));
    let response = gateway(stripe.address).refund(&due).await.unwrap();
    assert_eq!(response.reference, reference("re_1"));
    assert_eq!(response.outcome, RefundOutcome::Pending);
    let lines: Vec<String> = stripe
        .requests()
        .into_iter()
        .map(|requests| requests.line)
        .collect();
    assert_eq!(
        lines,
        [
            "GET /v1/refunds?limit=100&payment_intent=pi_1",
            "GET /v1/refunds?limit=100&payment_intent=pi_1&starting_after=re_3",
        ]
    );
}

#[tokio::test]
async fn a_refund_that_has_failed_is_reported_as_failed() {
    for status in ["failed", "canceled"] {
        let failed = refund("re_1", NAME, status);
        let due = refund_due(5, &reference("pi_1"), money(1_00, "USD"));
        for steps in [
            vec![list(&[], false), Step::json(200, &failed)],
            vec![list(std::slice::from_ref(&failed), false)],
        ] {
            let stripe = ScriptedServer::start(steps).await;
            let reported = gateway(stripe.address).refund(&due).await.unwrap();
            assert_eq!(reported.outcome, RefundOutcome::Failed, "{status}");
            assert_eq!(reported.id, Some(due.id));
        }
    }
}

#[tokio::test]
async fn all_refunds_of_a_payment_are_listed_but_for_those_that_cannot_be_read() {
    let odd = json!({"id": "re_3", "status": "succeeded", "amount": 5, "currency": "doubloon"});
    let by_operator = json!({
        "id": "re_2", "status": "succeeded", "amount": 250, "currency": "usd", "metadata": {},
    });
    let stripe = ScriptedServer::start([
        list(&[odd, refund("re_1", NAME, "failed")], true),
        list(&[by_operator], false),
    ])
    .await;
    let refunds = gateway(stripe.address).refunds(&reference("pi_1")).await;
    let found: Vec<_> = refunds
        .unwrap()
        .into_iter()
        .map(|refund| (refund.reference, refund.amount, refund.outcome))
        .collect();
    let expected = [
        (reference("re_1"), money(1_00, "USD"), RefundOutcome::Failed),
        (reference("re_2"), money(2_50, "USD"), RefundOutcome::Given),
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_refund_of_an_invalid_amount_is_rejected_without_a_request() {
    let stripe = ScriptedServer::start([]).await;
    let gateway = gateway(stripe.address);
    for amount in [money(0, "USD"), money(-5, "USD"), money(5_121, "KWD")] {
        let due = refund_due(5, &reference("pi_1"), amount);
        assert!(is_refused(&gateway.refund(&due).await));
    }
    assert!(stripe.requests().is_empty());
}
