//! `GET /v1/me/sales`

use anyhow::Result;
use udam_testkit::{Market, weather_listing};

use crate::assertions::assert_pages;
use crate::setup::{orders_of_one_buyer, seller_with_listing};

pub(crate) const ROUTES: &[&str] = &["GET /v1/me/sales"];

#[tokio::test]
async fn sales_come_in_pages_the_newest_first() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let (_buyer, orders) = orders_of_one_buyer(market, &listing).await?;
    assert_pages(&seller, "/v1/me/sales", "id", &orders).await
}
