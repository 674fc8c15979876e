//! `POST /v1/admin/listings/{id}/restore`

use anyhow::Result;
use udam_testkit::{Market, expect_status, weather_listing};

use super::super::{act, staff};
use crate::setup::{buy_token, seller_with_listing};

pub(crate) const ROUTES: &[&str] = &["POST /v1/admin/listings/{id}/restore"];

#[tokio::test]
async fn a_restored_listing_is_on_sale_and_its_tokens_grant_access() -> Result<()> {
    let market = Market::shared().await?;
    let operator = staff(market, "admin").await?;
    let (_seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer_of_restored_listing").await?;
    let token = buy_token(&buyer, &listing).await?;
    act(&operator, &format!("/v1/admin/listings/{listing}/suspend")).await?;
    let path = format!("/v1/admin/listings/{listing}/restore");
    let restored = expect_status(act(&operator, &path).await?, 200)?;
    assert!(restored["suspended_at"].is_null());
    assert_eq!(buyer.reveal(&token).await?.status, 200);
    assert_eq!(buyer.buy(&listing, 1).await?.status, 201);
    Ok(())
}
