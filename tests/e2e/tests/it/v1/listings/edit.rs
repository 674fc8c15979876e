//! `PATCH /v1/listings/{id}`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, MarketBuilder, weather_listing};

use super::assert_listing;
use crate::assertions::{assert_invalid_fields, assert_json, assert_problem, unmeasured};
use crate::setup::{buy_token, open_tab, publish, seller_with_listing};

pub(crate) const ROUTES: &[&str] = &["PATCH /v1/listings/{id}"];

#[tokio::test]
async fn a_seller_changes_any_field_of_a_listing() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, id) = seller_with_listing(market, weather_listing(7)).await?;
    let path = format!("/v1/listings/{id}");
    let changes = [
        (
            json!({"service_name": "Weather by the day"}),
            json!({"service_name": "Weather by the day"}),
        ),
        (
            json!({"description": "Two lines,\nno more."}),
            json!({"description": "Two lines,\nno more."}),
        ),
        (json!({"description": null}), json!({"description": null})),
        (
            json!({"endpoint_url": "http://other.example.com"}),
            json!({"endpoint_url": "http://other.example.com"}),
        ),
        (
            json!({"endpoint_url": "https://Tiles.example.com:{port}/{z}/{x},{y}{?key*}"}),
            json!({"endpoint_url": "https://Tiles.example.com:{port}/{z}/{x},{y}{?key*}"}),
        ),
        (json!({"endpoint_url": null}), json!({"endpoint_url": null})),
        (
            json!({"price_per_unit": "0.99"}),
            json!({"price_per_unit": "0.99"}),
        ),
        (
            json!({"unit_description": "a call"}),
            json!({"unit_description": "a call"}),
        ),
        (json!({"pay_first": true}), json!({"pay_first": true})),
        (json!({"pay_first": false}), json!({"pay_first": false})),
        (
            json!({"max_units_per_order": "20"}),
            json!({"max_units_per_order": 20}),
        ),
        (
            json!({"max_units_per_order": null}),
            json!({"max_units_per_order": null}),
        ),
        (json!({"add_units": "3"}), json!({"available_units": 10})),
        (json!({"available_units": 4}), json!({"available_units": 4})),
        (
            json!({"available_units": 0}),
            json!({"available_units": 0, "status": "sold_out"}),
        ),
        (
            json!({"add_units": 1, "currency": "USD"}),
            json!({"available_units": 1, "status": "active"}),
        ),
        (json!({"status": "paused"}), json!({"status": "paused"})),
        (json!({}), json!({"status": "paused", "available_units": 1})),
    ];
    for (change, expected) in changes {
        let response = seller.patch(&path, change.clone()).await?;
        assert_json(&response, 200);
        assert_listing(response.json(), &expected);
        let found = seller.get(&path).await?;
        assert_eq!(&unmeasured(&found), response.json(), "{change}");
    }
    Ok(())
}

#[tokio::test]
async fn a_new_key_replaces_the_old_one_for_earlier_buyers_too() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, id) = seller_with_listing(market, weather_listing(7)).await?;
    let buyer = market.sign_up("buyer").await?;
    let token = buy_token(&buyer, &id).await?;
    let path = format!("/v1/listings/{id}");
    assert_eq!(
        seller
            .patch(&path, json!({"api_key": "sk-weather-2"}))
            .await?
            .status,
        200
    );
    assert_eq!(buyer.reveal(&token).await?["api_key"], "sk-weather-2");
    Ok(())
}

#[tokio::test]
async fn an_edit_is_applied_or_rejected_as_a_whole() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let path = format!("/v1/listings/{listing}");
    let before = seller.get(&path).await?;
    for (change, wrong) in [
        (
            json!({"service_name": "New", "status": "sold_out"}),
            vec!["status"],
        ),
        (
            json!({"add_units": 1, "available_units": 1}),
            vec!["add_units"],
        ),
        (json!({"add_units": 1_000_000_000}), vec!["add_units"]),
        (
            json!({"add_units": -1, "seller": "me"}),
            vec!["add_units", "seller"],
        ),
        (
            json!({"service_name": null, "price_per_unit": null, "api_key": null, "pay_first": null}),
            vec!["api_key", "pay_first", "price_per_unit", "service_name"],
        ),
        (json!({"id": before.id()}), vec!["id"]),
    ] {
        assert_invalid_fields(&seller.patch(&path, change).await?, &wrong);
        assert_eq!(seller.get(&path).await?.json(), before.json());
    }
    Ok(())
}

#[tokio::test]
async fn only_the_seller_can_edit() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, weather_listing(1)).await?;
    let other = market.sign_up("other").await?;
    let change = json!({"price_per_unit": "0.01"});
    let path = format!("/v1/listings/{listing}");
    assert_problem(&other.patch(&path, change).await?, 403, "forbidden");
    assert_eq!(other.get(&path).await?["price_per_unit"], "1.00");
    Ok(())
}

#[tokio::test]
async fn a_new_price_applies_to_later_orders_only() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let seller = market.sign_up("seller").await?;
    let listing = publish(&seller, weather_listing(10)).await?;
    let buyer = market.sign_up("buyer").await?;
    let before = buyer.buy(&listing, 1).await?;
    seller
        .patch(
            &format!("/v1/listings/{listing}"),
            json!({"price_per_unit": "3.00"}),
        )
        .await?;
    let after = buyer.buy(&listing, 1).await?;
    assert_eq!(
        (&before["total_price"], &after["total_price"]),
        (&json!("1.00"), &json!("3.00"))
    );
    assert_eq!(open_tab(&buyer).await?, "4.00");
    seller
        .post_empty(&format!("/v1/orders/{}/refund", before.id()))
        .await?;
    assert_eq!(open_tab(&buyer).await?, "3.00");
    market.verify().await?;
    Ok(())
}
