//! `GET /v1/me/usage`

use anyhow::Result;
use serde_json::json;
use udam_testkit::Market;

use crate::assertions::{assert_invalid_fields, assert_json};
use crate::setup::{gateway_listing, seller_with_listing};

pub(crate) const ROUTES: &[&str] = &["GET /v1/me/usage"];

#[tokio::test]
async fn a_listing_that_was_not_called_has_no_usage() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, gateway_listing(1)).await?;
    let path = format!("/v1/me/usage?listing={listing}");
    let usage = seller.get(&path).await?;
    assert_json(&usage, 200);
    assert_eq!(usage.json(), &json!({"by": "day", "data": []}));
    let invalid = seller.get("/v1/me/usage?listing=7").await?;
    assert_invalid_fields(&invalid, &["listing"]);
    Ok(())
}
