//! `GET /v1/tokens`

use anyhow::Result;
use udam_testkit::{Market, weather_listing};

use crate::assertions::assert_pages;
use crate::setup::{orders_of_one_buyer, seller_with_listing};

pub(crate) const ROUTES: &[&str] = &["GET /v1/tokens"];

#[tokio::test]
async fn tokens_come_in_pages_the_newest_first() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let (buyer, orders) = orders_of_one_buyer(market, &listing).await?;
    assert_pages(&buyer, "/v1/tokens", "order_id", &orders).await
}
