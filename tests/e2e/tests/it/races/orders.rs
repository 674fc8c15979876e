//! Many orders at once.

use anyhow::Result;
use futures::future::try_join_all;
use udam_testkit::{Market, MarketBuilder, weather_listing};

use crate::assertions::assert_outcomes;
use crate::setup::seller_with_listing;
use crate::v1::orders::idempotency::is_replay;

#[tokio::test]
async fn five_concurrent_buyers_get_the_three_units_there_are() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, weather_listing(3)).await?;
    let buyers = market.sign_up_many(5).await?;
    let responses = try_join_all(buyers.iter().map(|buyer| buyer.buy(&listing, 1))).await?;
    assert_outcomes(&responses, &[("201", 3), ("409 insufficient_units", 2)]);
    Ok(())
}

#[tokio::test]
async fn two_hundred_buyers_on_two_servers_get_the_fifty_available_units() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let (seller, listing) = seller_with_listing(&market, weather_listing(50)).await?;
    let buyers = market.sign_up_many(200).await?;
    // Each buyer orders at the server at which they did not register.
    let orders = buyers.iter().enumerate().map(|(number, buyer)| {
        let elsewhere = buyer.at(market.address(number + 1));
        let listing = &listing;
        async move { elsewhere.buy(listing, 1).await }
    });
    let responses = try_join_all(orders).await?;
    assert_outcomes(&responses, &[("201", 50), ("409 insufficient_units", 150)]);

    for server in [0, 1] {
        let shown = market
            .client()?
            .at(market.address(server))
            .get(&format!("/v1/listings/{listing}"))
            .await?;
        assert_eq!(
            (&shown["status"], &shown["available_units"]),
            (&"sold_out".into(), &0.into())
        );
    }
    let own = seller.get("/v1/me/listings").await?;
    assert_eq!(
        (&own.items()[0]["units_sold"], &own.items()[0]["revenue"]),
        (&50.into(), &"50.00".into())
    );
    assert_eq!(
        market.database.count("SELECT count(*) FROM tokens").await?,
        50
    );
    let holders = market
        .database
        .count("SELECT count(DISTINCT buyer_id) FROM tokens")
        .await?;
    assert_eq!(holders, 50);
    market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn forty_requests_with_one_key_on_two_servers_make_one_order() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let (_seller, listing) = seller_with_listing(&market, weather_listing(100)).await?;
    let buyer = market.sign_up("buyer").await?;
    let requests = (0..40).map(|number| {
        let (buyer, listing) = (buyer.at(market.address(number)), &listing);
        async move { buyer.buy_with_key(listing, 2, "the one").await }
    });
    let responses = try_join_all(requests).await?;
    for response in &responses {
        assert_eq!(response.status, 201, "{}", response.text);
        assert_eq!(response.json(), responses[0].json());
    }
    assert_eq!(
        responses
            .iter()
            .filter(|response| is_replay(response))
            .count(),
        39
    );

    assert_eq!(buyer.get("/v1/orders").await?.items().len(), 1);
    assert_eq!(buyer.get("/v1/tab").await?["open"], "2.00");
    let shown = buyer.get(&format!("/v1/listings/{listing}")).await?;
    assert_eq!(shown["available_units"], 98);
    market.verify().await?;
    Ok(())
}
