//! `POST /v1/admin/orders/{id}/refund`

use anyhow::Result;
use serde_json::json;

use super::super::{assert_operators_alone_do, staff, told};
use crate::assertions::assert_problem;
use crate::paid_market::PaidMarket;

pub(crate) const ROUTES: &[&str] = &["POST /v1/admin/orders/{id}/refund"];

#[tokio::test]
async fn an_operator_refunds_an_order_once_for_a_reason_that_is_audited() -> Result<()> {
    let paid = PaidMarket::start().await?;
    let order = paid.buy_and_pay(2).await?;
    let path = format!("/v1/admin/orders/{}/refund", order.id());
    assert_operators_alone_do(&paid.market, &path).await?;
    let operator = staff(&paid.market, "operator").await?;
    let body = json!({"reason": "The seller does not answer.", "return_units": true});
    for _ in 0..2 {
        let refunded = operator.post(&path, body.clone()).await?;
        assert_eq!(refunded.status, 200, "{}", refunded.text);
        assert_eq!(refunded["status"], "refunded");
        assert_eq!(refunded["token"]["status"], "revoked");
        let audited = told(&refunded["history"]);
        let refunds = audited.iter().filter(|what| **what == "order_refunded");
        assert_eq!(refunds.count(), 1, "{audited:?}");
    }
    let id = operator.get("/v1/me").await?.id().to_owned();
    let filter = format!("/v1/admin/audit?action=order_refunded&order={}", order.id());
    let record = operator.get(&filter).await?;
    let record = &record["data"][0];
    assert_eq!(record["account_id"], id.as_str());
    assert_eq!(record["reason"], "The seller does not answer.");
    assert_eq!(
        (&record["before"], &record["after"]),
        (&json!("fulfilled"), &json!("refunded"))
    );
    let listing = paid
        .buyer
        .get(&format!("/v1/listings/{}", paid.listing))
        .await?;
    assert_eq!(listing["available_units"], 10);
    let unpaid = paid.order(1).await?;
    let unpaid = format!("/v1/admin/orders/{}/refund", unpaid.id());
    assert_problem(&operator.post(&unpaid, body).await?, 409, "invalid_state");
    paid.finish().await
}
