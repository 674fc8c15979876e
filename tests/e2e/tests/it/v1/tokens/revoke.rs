//! `POST /v1/tokens/{id}/revoke`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, MarketBuilder, weather_listing};

use crate::assertions::{assert_json, assert_problem};
use crate::setup::{buy_token, seller_with_listing, with_fields};

pub(crate) const ROUTES: &[&str] = &["POST /v1/tokens/{id}/revoke"];

#[tokio::test]
async fn buyer_and_seller_can_revoke_a_token() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer").await?;
    for by in [&buyer, &seller] {
        let id = buy_token(&buyer, &listing).await?;
        let path = format!("/v1/tokens/{id}");
        let before = buyer.get(&path).await?;
        let response = by.post_empty(&format!("{path}/revoke")).await?;
        assert_json(&response, 200);
        assert_eq!(
            response.json(),
            &with_fields(before.json().clone(), [("status", json!("revoked"))])
        );
        assert_eq!(
            by.post_empty(&format!("{path}/revoke")).await?.json(),
            response.json()
        );
        assert_eq!(buyer.get(&path).await?.json(), response.json());
        assert_eq!(buyer.reveal(&id).await?.status, 410);
    }
    Ok(())
}

#[tokio::test]
async fn a_revoked_token_reveals_no_key_on_any_server() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let (seller, listing) = seller_with_listing(&market, weather_listing(3)).await?;
    let buyer = market.sign_up("buyer").await?;
    let token = buy_token(&buyer, &listing).await?;
    let elsewhere = buyer.at(market.address(1));
    assert_eq!(elsewhere.reveal(&token).await?.status, 200);
    assert_eq!(
        seller
            .post_empty(&format!("/v1/tokens/{token}/revoke"))
            .await?
            .status,
        200
    );
    assert_problem(&elsewhere.reveal(&token).await?, 410, "token_revoked");
    assert_problem(&buyer.reveal(&token).await?, 410, "token_revoked");
    Ok(())
}
