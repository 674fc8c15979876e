//! `GET /v1/admin/listings/{id}`

use anyhow::Result;
use udam_testkit::{Market, weather_listing};

use super::super::{act, assert_staff_alone_reads, staff, told};
use crate::assertions::assert_problem;
use crate::setup::seller_with_listing;

pub(crate) const ROUTES: &[&str] = &["GET /v1/admin/listings/{id}"];

#[tokio::test]
async fn a_listing_has_its_units_and_what_was_done_with_it_and_no_key() -> Result<()> {
    let market = Market::shared().await?;
    let fields = weather_listing(9);
    let key = fields["api_key"].as_str().unwrap_or_default().to_owned();
    let (_seller, listing) = seller_with_listing(market, fields).await?;
    let operator = staff(market, "operator").await?;
    act(&operator, &format!("/v1/admin/listings/{listing}/suspend")).await?;
    let path = format!("/v1/admin/listings/{listing}");
    let story = operator.get(&path).await?;
    assert_eq!(story["available_units"], 9);
    assert!(story["suspended_at"].is_string() && story["seller_suspended_at"].is_null());
    let entries = told(&story["history"]);
    assert_eq!(
        entries,
        ["listing_suspended", "units_changed", "listing_published"]
    );
    assert!(!key.is_empty() && !story.text.contains(&key));
    let unknown = operator
        .get("/v1/admin/listings/lst_01h455vb4pex5vsknk084sn02q")
        .await?;
    assert_problem(&unknown, 404, "not_found");
    assert_staff_alone_reads(market, &path).await
}
