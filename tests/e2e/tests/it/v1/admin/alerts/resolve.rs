//! `POST /v1/admin/alerts/{number}/resolve`

use anyhow::Result;
use serde_json::json;
use udam_testkit::Market;

use super::super::{assert_operators_alone_do, staff, told};
use super::{alert_about, complaint};
use crate::assertions::assert_problem;

pub(crate) const ROUTES: &[&str] = &["POST /v1/admin/alerts/{number}/resolve"];

#[tokio::test]
async fn an_operator_resolves_an_alert_once_with_a_note() -> Result<()> {
    let market = Market::shared().await?;
    let (buyer, order, complaint) = complaint(market).await?;
    let operator = staff(market, "operator").await?;
    let number = alert_about(&operator, &order).await?["number"].to_string();
    let path = format!("/v1/admin/alerts/{number}/resolve");
    assert_operators_alone_do(market, &path).await?;
    for note in ["The seller has mended it.", "Again."] {
        let resolved = operator.post(&path, json!({"reason": note})).await?;
        assert_eq!(resolved["resolution"], "The seller has mended it.");
    }
    let seen = buyer.get(&complaint).await?;
    assert_eq!(seen["open"], false);
    let story = operator.get(&format!("/v1/admin/orders/{order}")).await?;
    let entries = told(&story["history"]);
    assert_eq!(
        entries
            .iter()
            .filter(|what| **what == "complaint_resolved")
            .count(),
        1
    );
    let unknown = operator
        .post(
            "/v1/admin/alerts/999999999/resolve",
            json!({"reason": "No such."}),
        )
        .await?;
    assert_problem(&unknown, 404, "not_found");
    Ok(())
}
