//! `POST /v1/listings`

use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::{Client, Market, weather_listing};

use super::assert_listing;
use crate::assertions::{assert_invalid_fields, assert_json, unmeasured};
use crate::setup::with_fields;

pub(crate) const ROUTES: &[&str] = &["POST /v1/listings"];

/// The fields of [`weather_listing`] that a response has, and two more.
fn shown(units: u32, status: &str) -> Value {
    let mut shown = with_fields(
        weather_listing(units),
        [("currency", json!("USD")), ("status", json!(status))],
    );
    shown.as_object_mut().unwrap().remove("api_key");
    shown
}

#[tokio::test]
async fn publishing_returns_the_listing_without_its_key() -> Result<()> {
    let market = Market::shared().await?;
    let seller = market.sign_up("seller").await?;
    let response = seller.publish(weather_listing(7)).await?;
    assert_json(&response, 201);
    assert_listing(response.json(), &shown(7, "active"));
    let visitor = market.client()?;
    let found = visitor
        .get(&format!("/v1/listings/{}", response.id()))
        .await?;
    assert_json(&found, 200);
    assert_eq!(&unmeasured(&found), response.json());
    Ok(())
}

#[tokio::test]
async fn description_endpoint_and_terms_are_optional_and_units_may_be_none() -> Result<()> {
    let seller = Market::shared().await?.sign_up("seller").await?;
    let mut bare = weather_listing(0);
    bare.as_object_mut()
        .unwrap()
        .retain(|name, _| name != "description" && name != "endpoint_url");
    let response = seller.publish(bare).await?;
    assert_json(&response, 201);
    let expected = json!({
        "description": null,
        "endpoint_url": null,
        "available_units": 0,
        "pay_first": false,
        "max_units_per_order": null,
        "status": "sold_out",
    });
    assert_listing(response.json(), &expected);
    Ok(())
}

#[tokio::test]
async fn a_listing_is_published_with_terms_and_everyone_sees_them() -> Result<()> {
    let market = Market::shared().await?;
    let seller = market.sign_up("seller").await?;
    for (given, shown) in [
        (json!("20"), json!(20)),
        (json!(1_000_000), json!(1_000_000)),
    ] {
        let terms = [("pay_first", json!(true)), ("max_units_per_order", given)];
        let response = seller
            .publish(with_fields(weather_listing(7), terms))
            .await?;
        assert_json(&response, 201);
        let expected = json!({"pay_first": true, "max_units_per_order": shown});
        assert_listing(response.json(), &expected);
        let path = format!("/v1/listings/{}", response.id());
        let found = market.client()?.get(&path).await?;
        assert_eq!(&unmeasured(&found), response.json());
        let own = seller.get("/v1/me/listings").await?;
        assert_eq!(own.items()[0]["max_units_per_order"], shown);
    }
    Ok(())
}

#[tokio::test]
async fn numbers_may_be_strings_and_prices_are_returned_as_strings() -> Result<()> {
    let market = Market::shared().await?;
    let seller = market.sign_up("seller").await?;
    for (price, units) in [
        (json!(2.5), json!(5)),
        (json!("2.5"), json!("5")),
        (json!("2.50"), json!("5")),
    ] {
        let listing = with_fields(
            weather_listing(0),
            [("price_per_unit", price), ("available_units", units)],
        );
        let response = seller
            .publish(with_fields(listing, [("currency", json!("usd"))]))
            .await?;
        assert_json(&response, 201);
        assert_listing(
            response.json(),
            &json!({"price_per_unit": "2.50", "available_units": 5, "currency": "USD"}),
        );
        let order = json!({"listing_id": response.id(), "units_requested": "1"});
        let order = seller.post("/v1/orders", order).await?;
        assert_eq!((order.status, &order["total_price"]), (201, &json!("2.50")));
    }
    let whole = seller
        .publish(with_fields(
            weather_listing(1),
            [("price_per_unit", json!(3))],
        ))
        .await?;
    assert_eq!(whole["price_per_unit"], "3.00");
    Ok(())
}

/// Publishes a listing with each of these values in a field, which must be rejected at that field.
async fn assert_values_are_rejected(
    seller: &Client,
    field: &str,
    values: Vec<Value>,
) -> Result<()> {
    for value in values {
        let response = seller
            .publish(with_fields(weather_listing(1), [(field, value.clone())]))
            .await?;
        assert_eq!(response.status, 422, "{field}: {value}");
        assert_invalid_fields(&response, &[field]);
    }
    Ok(())
}

#[tokio::test]
async fn invalid_values_are_rejected_field_by_field() -> Result<()> {
    let seller = Market::shared().await?.sign_up("seller").await?;
    let long = "é".repeat(10_001);
    for (field, values) in [
        (
            "service_name",
            vec![
                json!(null),
                json!(""),
                json!("a\nb"),
                json!("\u{0}"),
                json!("é".repeat(201)),
                json!(1),
            ],
        ),
        (
            "description",
            vec![
                json!(""),
                json!("a\u{0}b"),
                json!("\u{1b}[2J"),
                json!(long),
                json!([]),
            ],
        ),
        (
            "endpoint_url",
            vec![
                json!("example.com"),
                json!("//example.com"),
                json!("https://u:p@example.com"),
                json!("javascript:1"),
            ],
        ),
        (
            "api_key",
            vec![
                json!(null),
                json!(""),
                json!(" k"),
                json!("a\tb"),
                json!("k".repeat(4097)),
                json!({}),
            ],
        ),
        (
            "price_per_unit",
            vec![
                json!("0"),
                json!(0),
                json!("0.00"),
                json!("1.005"),
                json!("1e2"),
                json!("1,00"),
                json!("+1"),
                json!(" 1"),
                json!(""),
                json!(".5"),
                json!("1."),
                json!("10000000000.01"),
                json!(true),
                json!("9".repeat(40)),
            ],
        ),
        (
            "currency",
            vec![json!("EUR"), json!("dollar"), json!(""), json!(840)],
        ),
        (
            "unit_description",
            vec![json!(null), json!(""), json!("u".repeat(201))],
        ),
        (
            "available_units",
            vec![
                json!(null),
                json!(-1),
                json!("1.0"),
                json!(1.5),
                json!("+1"),
                json!(1_000_000_001),
                json!(""),
            ],
        ),
    ] {
        assert_values_are_rejected(&seller, field, values).await?;
    }
    Ok(())
}

#[tokio::test]
async fn terms_are_a_flag_and_a_number_of_units_that_an_order_may_have() -> Result<()> {
    let seller = Market::shared().await?.sign_up("seller").await?;
    for (field, values) in [
        (
            "pay_first",
            vec![json!("true"), json!("yes"), json!(1), json!([])],
        ),
        (
            "max_units_per_order",
            vec![
                json!(0),
                json!(-1),
                json!(1.5),
                json!("+1"),
                json!(1_000_001),
                json!(""),
                json!(false),
            ],
        ),
    ] {
        assert_values_are_rejected(&seller, field, values).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_service_at_a_private_address_is_refused() -> Result<()> {
    let seller = Market::shared().await?.sign_up("seller").await?;
    let endpoints = [
        "http://localhost:8080",
        "http://10.0.0.1/v1",
        "http://[::1]",
    ];
    let endpoints = endpoints.map(|endpoint| json!(endpoint)).to_vec();
    assert_values_are_rejected(&seller, "endpoint_url", endpoints).await
}
