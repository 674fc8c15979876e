//! `POST /v1/admin/webhooks/{id}/replay` and `POST /v1/admin/webhooks/replay`

use anyhow::Result;
use serde_json::{Value, json};

use super::super::{assert_operators_alone_do, staff};
use super::lost_payment;
use crate::assertions::assert_problem;

pub(crate) const ROUTES: &[&str] = &[
    "POST /v1/admin/webhooks/{id}/replay",
    "POST /v1/admin/webhooks/replay",
];

fn counts(applied: u16, unchanged: u16) -> Value {
    json!({"applied": applied, "unchanged": unchanged, "alerted": 0, "unreadable": 0})
}

#[tokio::test]
async fn a_lost_event_is_read_at_stripe_and_applied_once_however_often_it_is_replayed() -> Result<()>
{
    let (paid, order, event) = lost_payment().await?;
    let path = format!("/v1/admin/webhooks/{event}/replay");
    assert_operators_alone_do(&paid.market, &path).await?;
    let operator = staff(&paid.market, "operator").await?;
    let reason = json!({"reason": "The webhook was lost."});
    let replayed = operator.post(&path, reason.clone()).await?;
    assert_eq!(replayed.json(), &counts(1, 0));
    for _ in 0..2 {
        let again = operator.post(&path, reason.clone()).await?;
        assert_eq!(again.json(), &counts(0, 1));
    }
    let fulfilled = paid
        .buyer
        .get(&format!("/v1/orders/{}", order.id()))
        .await?;
    assert_eq!(fulfilled["status"], "fulfilled");
    let shown = operator.get(&format!("/v1/admin/webhooks/{event}")).await?;
    assert_eq!(
        (&shown["state"], &shown["attempts"]),
        (&json!("applied"), &json!(3))
    );
    let audit = format!("/v1/admin/audit?action=event_replayed&order={}", order.id());
    let audited = operator.get(&audit).await?;
    assert_eq!(audited.items().len(), 3);
    assert_eq!(
        audited.items()[2]["before"],
        format!("{event} not received")
    );
    assert_eq!(audited.items()[2]["after"], format!("{event} applied"));
    let unknown = operator
        .post("/v1/admin/webhooks/evt_unknown/replay", reason)
        .await?;
    assert_problem(&unknown, 404, "not_found");
    paid.finish().await
}

#[tokio::test]
async fn the_events_of_a_period_are_replayed_and_a_period_has_an_end() -> Result<()> {
    let (paid, order, event) = lost_payment().await?;
    let operator = staff(&paid.market, "operator").await?;
    let path = "/v1/admin/webhooks/replay";
    let period = |from: &str, to: &str| json!({"from": from, "to": to, "reason": "An outage."});
    let (long_ago, far) = ("2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z");
    let support = staff(&paid.market, "support").await?;
    let refused = support.post(path, period(long_ago, far)).await?;
    assert_problem(&refused, 403, "forbidden");
    let replayed = operator.post(path, period(long_ago, far)).await?;
    assert_eq!(replayed["applied"], 1, "{}", replayed.text);
    let again = operator.post(path, period(long_ago, far)).await?;
    assert_eq!(again["applied"], 0, "{}", again.text);
    let fulfilled = paid
        .buyer
        .get(&format!("/v1/orders/{}", order.id()))
        .await?;
    assert_eq!(fulfilled["status"], "fulfilled");
    assert_eq!(
        operator.get(&format!("/v1/admin/webhooks/{event}")).await?["attempts"],
        2
    );
    for (from, to) in [(far, long_ago), (far, far)] {
        let refused = operator.post(path, period(from, to)).await?;
        assert_problem(&refused, 422, "invalid_request");
    }
    let endless = operator
        .post(path, json!({"from": long_ago, "reason": "An outage."}))
        .await?;
    assert_problem(&endless, 422, "invalid_request");
    paid.finish().await
}
