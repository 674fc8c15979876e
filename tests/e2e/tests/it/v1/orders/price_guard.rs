//! `expected_price_per_unit` of `POST /v1/orders`

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};
use udam_testkit::{Client, Market, Response, weather_listing};

use super::idempotency::is_replay;
use crate::assertions::{assert_invalid_fields, assert_problem};
use crate::setup::{open_tab, seller_with_listing};

/// Orders two units, of which the buyer was shown this price, under an idempotency key.
async fn buy_at(buyer: &Client, listing: &str, price: Value, key: &str) -> Result<Response> {
    let order = json!({
        "listing_id": listing,
        "units_requested": 2,
        "expected_price_per_unit": price,
    });
    let request = buyer
        .request(Method::POST, "/v1/orders")
        .header("Idempotency-Key", key);
    buyer.send(request.json(&order)).await
}

#[tokio::test]
async fn an_order_at_a_price_that_was_raised_meanwhile_is_refused_and_says_the_new_one()
-> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer").await?;
    let early = buy_at(&buyer, &listing, json!("1.00"), "early").await?;
    assert_eq!((early.status, early.text_at("/total_price")), (201, "2.00"));

    let path = format!("/v1/listings/{listing}");
    for price in ["1.35", "0.80"] {
        seller
            .patch(&path, json!({"price_per_unit": price}))
            .await?;
        let late = buy_at(&buyer, &listing, json!(1), "late").await?;
        assert_problem(&late, 409, "price_changed");
        assert_eq!(late.text_at("/price_per_unit"), price);
        let says = format!("A unit costs {price} USD now");
        assert!(late.text_at("/detail").starts_with(&says), "{}", late.text);
    }
    // Nothing was taken, owed or used up: neither units, nor the tab, nor the key.
    assert_eq!(buyer.get(&path).await?["available_units"], 7);
    assert_eq!(open_tab(&buyer).await?, "2.00");
    let replay = buy_at(&buyer, &listing, json!("1.00"), "early").await?;
    assert!(is_replay(&replay));
    assert_eq!(replay.json(), early.json());

    let agreed = buy_at(&buyer, &listing, json!("0.80"), "late").await?;
    assert!(!is_replay(&agreed));
    assert_eq!(
        (agreed.status, agreed.text_at("/total_price")),
        (201, "1.60")
    );
    Ok(())
}

#[tokio::test]
async fn an_expected_price_is_read_as_prices_are() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer").await?;
    for (price, key) in [(json!(1.0), "a"), (json!("1"), "b"), (Value::Null, "c")] {
        assert_eq!(buy_at(&buyer, &listing, price, key).await?.status, 201);
    }
    for price in [
        json!("1.001"),
        json!(0),
        json!("1,00"),
        json!([1]),
        json!("-1"),
    ] {
        let refused = buy_at(&buyer, &listing, price, "d").await?;
        assert_invalid_fields(&refused, &["expected_price_per_unit"]);
    }
    Ok(())
}
