//! `POST /v1/listings` of accounts that flood the catalogue.

use anyhow::Result;
use futures::future::try_join_all;
use serde_json::json;
use udam_testkit::{MarketBuilder, expect_status, weather_listing};

use crate::assertions::{assert_outcomes, assert_problem};
use crate::paid_market::{PaidMarket, place_unpaid, wait_for_status};
use crate::setup::with_fields;

#[tokio::test]
async fn a_new_account_publishes_fifty_listings_a_day_whatever_the_number_of_servers() -> Result<()>
{
    // The limit that servers have by themselves.
    let builder = MarketBuilder::new().set("UDAM_NEW_LISTINGS_PER_DAY", "50");
    let fixture = PaidMarket::start_with(builder.servers(2), 10).await?;
    let market = &fixture.market;
    let flooder = market.sign_up("flooder").await?;
    let listing = || with_fields(weather_listing(10), [("price_per_unit", json!("7.00"))]);
    let publishing = (0..100).map(|number| {
        let flooder = flooder.at(market.address(number));
        async move { flooder.publish(listing()).await }
    });
    let published = try_join_all(publishing).await?;
    assert_outcomes(&published, &[("201", 50), ("429 too_many_listings", 50)]);
    let refused = flooder.publish(listing()).await?;
    assert_problem(&refused, 429, "too_many_listings");
    let seconds: u64 = refused.header("retry-after").parse()?;
    assert!((1..=86_400).contains(&seconds), "{seconds}");

    // Once a sale is paid, the seller is known.
    let first = published.iter().find(|response| response.status == 201);
    let order = place_unpaid(&fixture.buyer, first.unwrap().id(), 1).await?;
    assert_eq!(flooder.publish(listing()).await?.status, 429);
    fixture.pay(&order).await?;
    wait_for_status(&fixture.buyer, &order, "fulfilled").await?;
    expect_status(flooder.publish(listing()).await?, 201)?;
    fixture.finish().await
}
