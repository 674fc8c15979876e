//! `GET /v1/admin/webhooks`

use anyhow::Result;

use super::super::{assert_staff_alone_reads, staff};
use crate::assertions::assert_problem;
use crate::paid_market::PaidMarket;

pub(crate) const ROUTES: &[&str] = &["GET /v1/admin/webhooks"];

#[tokio::test]
async fn received_events_are_listed_with_what_became_of_them() -> Result<()> {
    let paid = PaidMarket::start().await?;
    let order = paid.buy_and_pay(1).await?;
    let operator = staff(&paid.market, "support").await?;
    let listed = operator.get("/v1/admin/webhooks?state=applied").await?;
    let story = operator
        .get(&format!("/v1/admin/orders/{}", order.id()))
        .await?;
    let event = &listed.items()[0];
    assert_eq!(event["type"], "paid");
    assert_eq!(event["payment_id"], story["payment"]["id"]);
    assert_eq!(event["payment"], story["payment"]["reference"]);
    assert!(event["error"].is_null());
    let failed = operator.get("/v1/admin/webhooks?state=failed").await?;
    assert!(failed.items().is_empty());
    let unknown = operator.get("/v1/admin/webhooks?state=lost").await?;
    assert_problem(&unknown, 422, "invalid_request");
    assert_staff_alone_reads(&paid.market, "/v1/admin/webhooks").await
}
