//! `POST /v1/admin/listings/{id}/suspend`

use anyhow::Result;
use udam_testkit::{Market, weather_listing};

use super::super::{act, staff};
use crate::assertions::assert_problem;
use crate::setup::{buy_token, seller_with_listing};

pub(crate) const ROUTES: &[&str] = &["POST /v1/admin/listings/{id}/suspend"];

#[tokio::test]
async fn a_suspended_listing_is_out_of_the_catalogue_and_its_orders_and_tokens_are_refused()
-> Result<()> {
    let market = Market::shared().await?;
    let operator = staff(market, "operator").await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer_of_listing").await?;
    let token = buy_token(&buyer, &listing).await?;
    act(&operator, &format!("/v1/admin/listings/{listing}/suspend")).await?;
    assert_problem(&buyer.buy(&listing, 1).await?, 403, "suspended");
    assert_problem(&buyer.reveal(&token).await?, 403, "suspended");
    let id = seller.get("/v1/me").await?.id().to_owned();
    let catalogue = buyer.get(&format!("/v1/listings?seller={id}")).await?;
    assert!(catalogue.items().is_empty());
    let own = seller.get("/v1/me/listings").await?;
    assert_eq!(own.items()[0]["status"], "suspended");
    Ok(())
}
