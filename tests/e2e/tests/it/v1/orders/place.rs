//! `POST /v1/orders`

use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::{Market, PASSWORD, unique_email, weather_listing};

use super::assert_order;
use crate::assertions::{assert_invalid_fields, assert_json, assert_no_store, assert_problem};
use crate::setup::{publish, seller_with_listing, with_fields};

pub(crate) const ROUTES: &[&str] = &["POST /v1/orders"];

#[tokio::test]
async fn a_small_order_is_fulfilled_immediately() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(
        market,
        with_fields(weather_listing(9), [("price_per_unit", json!("0.35"))]),
    )
    .await?;
    let buyer = market.sign_up("buyer").await?;
    let response = buyer.buy(&listing, 3).await?;
    assert_json(&response, 201);
    assert_no_store(&response);
    assert_eq!(response.header("idempotent-replayed"), "");
    let expected = json!({
        "listing_id": listing,
        "service_name": "Weather by the hour",
        "units": 3,
        "price_per_unit": "0.35",
        "total_price": "1.05",
        "refunded_amount": "0.00",
        "currency": "USD",
        "status": "fulfilled",
    });
    assert_order(response.json(), &expected);
    Ok(())
}

#[tokio::test]
async fn a_seller_may_buy_from_themselves() -> Result<()> {
    let market = Market::shared().await?;
    let seller = market.sign_up("seller").await?;
    let listing = publish(&seller, weather_listing(1)).await?;
    assert_json(&seller.buy(&listing, 1).await?, 201);
    Ok(())
}

#[tokio::test]
async fn a_purchase_reveals_key_and_endpoint() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, weather_listing(10)).await?;
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
async fn an_order_for_too_many_units_is_rejected_and_takes_none() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, weather_listing(3)).await?;
    let buyer = market.sign_up("buyer").await?;
    let response = buyer.buy(&listing, 4).await?;
    assert_problem(&response, 409, "insufficient_units");
    assert!(
        response.text_at("/detail").contains("3 units"),
        "{}",
        response.text
    );
    assert_eq!(buyer.buy(&listing, 3).await?.status, 201);
    assert_problem(&buyer.buy(&listing, 1).await?, 409, "insufficient_units");
    Ok(())
}

#[tokio::test]
async fn a_paused_or_archived_listing_is_unavailable() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(3)).await?;
    let buyer = market.sign_up("buyer").await?;
    for status in ["paused", "archived"] {
        seller
            .patch(
                &format!("/v1/listings/{listing}"),
                json!({"status": status}),
            )
            .await?;
        assert_problem(&buyer.buy(&listing, 1).await?, 409, "listing_unavailable");
    }
    seller
        .patch(
            &format!("/v1/listings/{listing}"),
            json!({"status": "active"}),
        )
        .await?;
    assert_eq!(buyer.buy(&listing, 1).await?.status, 201);
    Ok(())
}

#[tokio::test]
async fn an_order_beyond_the_largest_amount_is_rejected() -> Result<()> {
    let market = Market::shared().await?;
    let dear = with_fields(
        weather_listing(1_000_000),
        [("price_per_unit", json!("10000000000.00"))],
    );
    let (_seller, listing) = seller_with_listing(market, dear).await?;
    let buyer = market.sign_up("buyer").await?;
    assert_invalid_fields(&buyer.buy(&listing, 1_000_000).await?, &["units_requested"]);
    Ok(())
}

#[tokio::test]
async fn a_number_is_not_rounded_to_fit() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer").await?;
    for units in [
        "1.5",
        "1.0000000000000000000001",
        "1e0",
        "-0",
        "-0.0",
        "1e400",
        "-1",
        "99999999999999999999",
        "1000001",
        "0",
    ] {
        for units in [
            serde_json::from_str(units)?,
            Value::String(units.to_owned()),
        ] {
            let order = json!({"listing_id": listing, "units_requested": units});
            assert_invalid_fields(
                &buyer.post("/v1/orders", order).await?,
                &["units_requested"],
            );
        }
    }
    // In JSON, `1.0` is a whole number; in a string it is not.
    let order = |units: Value| json!({"listing_id": listing, "units_requested": units});
    let whole = buyer
        .post("/v1/orders", order(serde_json::from_str("1.0")?))
        .await?;
    assert_eq!((whole.status, &whole["units"]), (201, &json!(1)));
    let text = buyer.post("/v1/orders", order(json!("1.0"))).await?;
    assert_invalid_fields(&text, &["units_requested"]);
    Ok(())
}
