//! `GET /v1/admin/alerts`

use anyhow::Result;
use udam_testkit::Market;

use super::super::{assert_staff_alone_reads, staff};
use super::{alert_about, complaint};

pub(crate) const ROUTES: &[&str] = &["GET /v1/admin/alerts"];

#[tokio::test]
async fn a_complaint_is_among_the_alerts_of_every_role() -> Result<()> {
    let market = Market::shared().await?;
    let (_buyer, order, _path) = complaint(market).await?;
    let support = staff(market, "support").await?;
    let alert = alert_about(&support, &order).await?;
    assert_eq!(alert["kind"], "complaint");
    assert!(alert["resolved_at"].is_null() && alert["resolution"].is_null());
    let open = support.get("/v1/admin/alerts?limit=1").await?;
    assert_eq!(open.items().len(), 1);
    assert_staff_alone_reads(market, "/v1/admin/alerts").await
}
