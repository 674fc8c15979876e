//! Names that look like another seller's.

use anyhow::Result;
use futures::future::try_join_all;
use serde_json::json;
use udam_testkit::{
    Client, Market, MarketBuilder, PASSWORD, Response, unique_email, weather_listing,
};

use crate::assertions::{assert_json, assert_outcomes, assert_problem};

async fn register(visitor: &Client, name: &str) -> Result<Response> {
    let body = json!({"email": unique_email("seller"), "password": PASSWORD, "name": name});
    visitor.post("/v1/auth/register", body).await
}

async fn rename(account: &Client, name: &str) -> Result<Response> {
    account.patch("/v1/me", json!({"name": name})).await
}

#[tokio::test]
async fn a_seller_is_not_called_like_another() -> Result<()> {
    let market = Market::shared().await?;
    let visitor = market.client()?;
    let name = "Bellbird Soil Data";
    // Who does not sell may be called anything.
    let early = register(&visitor, "BELLBIRD SOIL DATA").await?;
    let early = visitor.with_session(early.text_at("/session_token"));
    let seller = register(&visitor, name).await?;
    let seller = visitor.with_session(seller.text_at("/session_token"));
    assert_json(&seller.publish(weather_listing(1)).await?, 201);
    assert_json(&seller.publish(weather_listing(1)).await?, 201);

    let refused = early.publish(weather_listing(1)).await?;
    assert_problem(&refused, 409, "name_taken");
    assert!(early.get("/v1/me/listings").await?.items().is_empty());
    let buyer = market.sign_up("buyer").await?;
    for disguise in [
        name,
        "bellbird-soil-data",
        "Be11bird Soil Data",
        "B\u{435}llbird S\u{43e}il D\u{430}ta",
        "\u{ff22}ellbird Soil Data",
    ] {
        assert_problem(&register(&visitor, disguise).await?, 409, "name_taken");
        assert_problem(&rename(&buyer, disguise).await?, 409, "name_taken");
    }
    assert!(
        buyer
            .get("/v1/me")
            .await?
            .text_at("/name")
            .starts_with("Member ")
    );
    // An accent is a difference, and so is another word.
    assert_json(&register(&visitor, "B\u{e9}llbird Soil Data").await?, 201);
    assert_json(&rename(&early, "Bellbird Air Data").await?, 200);
    assert_json(&early.publish(weather_listing(1)).await?, 201);

    // The seller's name goes with it, and becomes free.
    assert_json(&rename(&seller, "Currawong Soil Data").await?, 200);
    assert_problem(
        &rename(&early, "Currawong S0il Data").await?,
        409,
        "name_taken",
    );
    assert_json(&rename(&early, name).await?, 200);
    Ok(())
}

#[tokio::test]
async fn of_sellers_on_two_servers_whose_names_look_alike_one_publishes() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let visitor = market.client()?;
    let mut sellers = Vec::new();
    for (number, name) in ["Modern", "Modem", "MODERN", "rnodern"]
        .into_iter()
        .enumerate()
    {
        let registered = register(&visitor, name).await?;
        let seller = visitor.with_session(registered.text_at("/session_token"));
        sellers.push(seller.at(market.address(number)));
    }
    let publishing = sellers
        .iter()
        .map(|seller| seller.publish(weather_listing(1)));
    let responses = try_join_all(publishing).await?;
    assert_outcomes(&responses, &[("201", 1), ("409 name_taken", 3)]);
    for (number, (seller, response)) in sellers.iter().zip(&responses).enumerate() {
        let published = seller.get("/v1/me/listings").await?.items().len();
        assert_eq!(published, usize::from(response.status == 201));
        if response.status == 409 {
            assert_json(&rename(seller, &format!("Modern {number}")).await?, 200);
        }
        assert_json(&seller.publish(weather_listing(1)).await?, 201);
    }
    market.verify().await.map(drop)
}
