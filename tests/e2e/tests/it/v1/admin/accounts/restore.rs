//! `POST /v1/admin/accounts/{id}/restore`

use anyhow::Result;
use udam_testkit::{Market, PASSWORD, expect_status, unique_email, weather_listing};

use super::super::{act, staff};
use crate::setup::{buy_token, publish};

pub(crate) const ROUTES: &[&str] = &["POST /v1/admin/accounts/{id}/restore"];

#[tokio::test]
async fn a_restored_account_is_what_it_was_but_for_its_sessions() -> Result<()> {
    let market = Market::shared().await?;
    let operator = staff(market, "operator").await?;
    let email = unique_email("restored_seller");
    let visitor = market.client()?;
    let registered = visitor.register(&email, PASSWORD).await?;
    let id = registered.text_at("/user/id").to_owned();
    let seller = visitor.with_session(registered.text_at("/session_token"));
    let listing = publish(&seller, weather_listing(9)).await?;
    let alone = publish(&seller, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer_of_restored").await?;
    let token = buy_token(&buyer, &listing).await?;
    let of_alone = buy_token(&buyer, &alone).await?;
    act(&operator, &format!("/v1/admin/listings/{alone}/suspend")).await?;
    act(&operator, &format!("/v1/admin/accounts/{id}/suspend")).await?;
    let path = format!("/v1/admin/accounts/{id}/restore");
    let restored = expect_status(act(&operator, &path).await?, 200)?;
    assert!(restored["suspended_at"].is_null());
    assert_eq!(seller.get("/v1/me").await?.status, 401);
    assert_eq!(visitor.log_in(&email, PASSWORD).await?.status, 200);
    assert_eq!(buyer.reveal(&token).await?.status, 200);
    assert_eq!(buyer.reveal(&of_alone).await?.status, 403);
    assert_eq!(buyer.buy(&listing, 1).await?.status, 201);
    Ok(())
}
