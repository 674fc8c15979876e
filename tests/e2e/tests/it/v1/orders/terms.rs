//! `pay_first` and `max_units_per_order` of listings, in `POST /v1/orders`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, weather_listing};

use crate::assertions::assert_problem;
use crate::setup::{open_tab, seller_with_listing, with_fields};

#[tokio::test]
async fn an_order_for_more_units_than_the_seller_allows_is_refused_and_says_how_many_are()
-> Result<()> {
    let market = Market::shared().await?;
    let terms = [
        ("price_per_unit", json!("0.10")),
        ("max_units_per_order", json!(2)),
    ];
    let limited = with_fields(weather_listing(9), terms);
    let (seller, listing) = seller_with_listing(market, limited).await?;
    let buyer = market.sign_up("buyer").await?;
    let refused = buyer.buy(&listing, 3).await?;
    assert_problem(&refused, 409, "too_many_units");
    assert_eq!(refused["max_units_per_order"], 2);
    assert_eq!(
        refused["detail"],
        "The seller allows 2 units in one order at most; order fewer units."
    );
    let path = format!("/v1/listings/{listing}");
    assert_eq!(buyer.get(&path).await?["available_units"], 9);
    assert_eq!(buyer.buy(&listing, 2).await?.status, 201);
    assert_eq!(buyer.buy(&listing, 2).await?.status, 201);

    seller
        .patch(&path, json!({"max_units_per_order": null}))
        .await?;
    assert_eq!(buyer.buy(&listing, 3).await?.status, 201);
    Ok(())
}

#[tokio::test]
async fn of_units_left_and_units_allowed_the_smaller_number_is_said() -> Result<()> {
    let market = Market::shared().await?;
    let limited = with_fields(weather_listing(3), [("max_units_per_order", json!(2))]);
    let (_seller, listing) = seller_with_listing(market, limited).await?;
    let buyer = market.sign_up("buyer").await?;
    assert_problem(&buyer.buy(&listing, 9).await?, 409, "too_many_units");
    assert_eq!(buyer.buy(&listing, 2).await?.status, 201);
    let short = buyer.buy(&listing, 9).await?;
    assert_problem(&short, 409, "insufficient_units");
    assert!(short.text_at("/detail").contains("1 unit is left"));
    Ok(())
}

#[tokio::test]
async fn a_repeat_returns_its_order_although_the_seller_allows_fewer_units_now() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer").await?;
    let order = async || {
        let order = json!({"listing_id": listing, "units_requested": 3});
        let request = buyer
            .request(reqwest::Method::POST, "/v1/orders")
            .header("Idempotency-Key", "terms");
        buyer.send(request.json(&order)).await
    };
    let first = order().await?;
    assert_eq!(first.status, 201);
    let terms = json!({"max_units_per_order": 1, "pay_first": true});
    seller
        .patch(&format!("/v1/listings/{listing}"), terms)
        .await?;
    let repeat = order().await?;
    assert_eq!((repeat.status, repeat.json()), (201, first.json()));
    Ok(())
}

#[tokio::test]
async fn without_a_provider_a_listing_that_is_paid_first_sells_nothing() -> Result<()> {
    let market = Market::shared().await?;
    let first = with_fields(weather_listing(9), [("pay_first", json!(true))]);
    let (_seller, listing) = seller_with_listing(market, first).await?;
    let buyer = market.sign_up("buyer").await?;
    let refused = buyer.buy(&listing, 1).await?;
    assert_problem(&refused, 503, "payments_unavailable");
    assert!(refused.text_at("/detail").contains("pay_first"));
    assert_eq!(open_tab(&buyer).await?, "0.00");
    Ok(())
}
