//! `GET /v1/listings/{id}`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, weather_listing};

use crate::assertions::{assert_json, unmeasured};
use crate::setup::seller_with_listing;

pub(crate) const ROUTES: &[&str] = &["GET /v1/listings/{id}"];

#[tokio::test]
async fn a_listing_is_the_same_alone_and_in_the_catalogue() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, id) = seller_with_listing(market, weather_listing(7)).await?;
    let one = market.client()?.get(&format!("/v1/listings/{id}")).await?;
    let response = market
        .client()?
        .get(&format!(
            "/v1/listings?seller={}",
            one.text_at("/seller/id")
        ))
        .await?;
    assert_json(&response, 200);
    assert_eq!(
        response.json(),
        &json!({"data": [unmeasured(&one)], "next_cursor": null})
    );
    Ok(())
}
