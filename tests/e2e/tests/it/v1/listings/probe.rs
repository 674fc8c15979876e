//! `POST /v1/listings/{id}/probe`

use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::Market;

use crate::assertions::{assert_json, assert_problem};
use crate::setup::{gateway_listing, seller_with_listing, with_fields};

pub(crate) const ROUTES: &[&str] = &["POST /v1/listings/{id}/probe"];

#[tokio::test]
async fn a_service_whose_name_is_unknown_is_told_by_its_outcome() -> Result<()> {
    let market = Market::shared().await?;
    let endpoint = json!("https://weather.invalid/v1");
    let listing = with_fields(gateway_listing(1), [("endpoint_url", endpoint)]);
    let (seller, id) = seller_with_listing(market, listing).await?;
    let path = format!("/v1/listings/{id}/probe");
    let probed = seller.post(&path, json!({"path": "/rain"})).await?;
    assert_json(&probed, 200);
    assert_eq!(
        probed.json(),
        &json!({"outcome": "name_not_found", "answer": Value::Null})
    );
    let stranger = market.sign_up("buyer").await?;
    let refused = stranger.post(&path, json!({})).await?;
    assert_problem(&refused, 404, "not_found");
    Ok(())
}
