//! The four stories that the first UDAM told, on as many servers as it takes.

use anyhow::Result;
use futures::future::try_join_all;
use udam_testkit::{Market, MarketBuilder, PASSWORD, unique_email, weather_listing};

use crate::expect::{assert_problem, assert_tally};
use crate::scenes::on_sale;

#[tokio::test]
async fn a_purchase_ends_with_the_seller_s_key_and_endpoint() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = on_sale(market, weather_listing(10)).await?;
    let (visitor, email) = (market.client()?, unique_email("buyer"));
    assert_eq!(visitor.register(&email, PASSWORD).await?.status, 201);
    let login = visitor.log_in(&email, PASSWORD).await?;
    assert_eq!(login.status, 200);
    let buyer = visitor.with_session(login.text_at("/session_token"));

    let order = buyer.buy(&listing, 3).await?;
    assert_eq!((order.status, &order["status"]), (201, &"fulfilled".into()));
    let token = buyer
        .get(&format!("/v1/tokens/{}", order.text_at("/token_id")))
        .await?;
    assert_eq!((token.status, &token["units"]), (200, &3.into()));
    let access = buyer.reveal(token.id()).await?;
    assert_eq!(access.status, 200);
    assert_eq!(access["api_key"], "sk-weather-1");
    assert_eq!(access["endpoint_url"], "https://weather.example.com/v1");

    let left = visitor.get(&format!("/v1/listings/{listing}")).await?;
    assert_eq!(left["available_units"], 7);
    Ok(())
}

#[tokio::test]
async fn a_logout_holds_at_once_on_every_server() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let here = market.sign_up("buyer").await?;
    let there = here.at(market.address(1));
    let (_seller, listing) = on_sale(&market, weather_listing(10)).await?;
    assert_eq!(there.buy(&listing, 1).await?.status, 201);

    let answer = here.log_out().await?;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (200, r#"{"ok":true}"#)
    );
    for client in [&there, &here] {
        assert_problem(&client.buy(&listing, 1).await?, 401, "unauthenticated");
        assert_problem(&client.get("/v1/tokens").await?, 401, "unauthenticated");
        assert_problem(&client.sessions().await?, 401, "unauthenticated");
    }
    Ok(())
}

#[tokio::test]
async fn five_buyers_at_once_share_three_units_among_three_of_them() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = on_sale(market, weather_listing(3)).await?;
    let buyers = market.sign_up_many(5).await?;
    let answers = try_join_all(buyers.iter().map(|buyer| buyer.buy(&listing, 1))).await?;
    assert_tally(&answers, &[("201", 3), ("409 insufficient_units", 2)]);
    Ok(())
}

#[tokio::test]
async fn two_hundred_buyers_on_two_servers_get_the_fifty_units_there_are() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let (seller, listing) = on_sale(&market, weather_listing(50)).await?;
    let buyers = market.sign_up_many(200).await?;
    // Everybody buys at the server they did not register at.
    let orders = buyers.iter().enumerate().map(|(number, buyer)| {
        let elsewhere = buyer.at(market.address(number + 1));
        let listing = &listing;
        async move { elsewhere.buy(listing, 1).await }
    });
    let answers = try_join_all(orders).await?;
    assert_tally(&answers, &[("201", 50), ("409 insufficient_units", 150)]);

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
