//! `GET /v1/admin/webhooks/{id}`

use anyhow::Result;

use super::super::{assert_staff_alone_reads, staff};
use crate::assertions::assert_problem;
use crate::paid_market::PaidMarket;

pub(crate) const ROUTES: &[&str] = &["GET /v1/admin/webhooks/{id}"];

#[tokio::test]
async fn an_event_is_shown_without_its_content() -> Result<()> {
    let paid = PaidMarket::start().await?;
    paid.buy_and_pay(1).await?;
    let operator = staff(&paid.market, "support").await?;
    let listed = operator.get("/v1/admin/webhooks").await?;
    let event = &listed.items()[0];
    let path = format!("/v1/admin/webhooks/{}", event["id"].as_str().unwrap());
    let shown = operator.get(&path).await?;
    assert_eq!(shown.json(), event);
    let unknown = operator.get("/v1/admin/webhooks/evt_unknown").await?;
    assert_problem(&unknown, 404, "not_found");
    assert_staff_alone_reads(&paid.market, &path).await
}
