//! `GET /v1/tokens/{id}/usage`

use anyhow::Result;
use serde_json::json;
use udam_testkit::Market;

use crate::assertions::{assert_json, assert_problem};
use crate::setup::{buy_token, gateway_listing, seller_with_listing};

pub(crate) const ROUTES: &[&str] = &["GET /v1/tokens/{id}/usage"];

#[tokio::test]
async fn a_token_that_was_not_used_has_no_usage() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, gateway_listing(1)).await?;
    let buyer = market.sign_up("buyer").await?;
    let path = format!(
        "/v1/tokens/{}/usage?by=hour",
        buy_token(&buyer, &listing).await?
    );
    let usage = buyer.get(&path).await?;
    assert_json(&usage, 200);
    assert_eq!(usage.json(), &json!({"by": "hour", "data": []}));
    let stranger = market.sign_up("buyer").await?;
    assert_problem(&stranger.get(&path).await?, 404, "not_found");
    Ok(())
}
