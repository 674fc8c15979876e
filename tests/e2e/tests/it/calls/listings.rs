use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::{Market, Response, weather_listing};

use crate::expect::{assert_answer, assert_fields, assert_id, assert_instant};
use crate::scenes::{on_sale, token_of, with};

const FIELDS: [&str; 11] = [
    "id",
    "seller",
    "service_name",
    "description",
    "endpoint_url",
    "price_per_unit",
    "currency",
    "unit_description",
    "available_units",
    "status",
    "created_at",
];

#[track_caller]
fn assert_listing(listing: &Value, expected: &Value) {
    assert_fields(listing, &FIELDS);
    assert_id(&listing["id"], "lst");
    assert_fields(&listing["seller"], &["id", "name"]);
    assert_id(&listing["seller"]["id"], "acc");
    assert_instant(&listing["created_at"]);
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&listing[name], value, "{name}");
    }
}

/// What is shown of [`weather`]: all but the key, and what was added.
fn shown(units: u32, status: &str) -> Value {
    let mut shown = with(
        weather_listing(units),
        [("currency", json!("USD")), ("status", json!(status))],
    );
    shown.as_object_mut().unwrap().remove("api_key");
    shown
}

#[tokio::test]
async fn publishing_answers_with_the_listing_and_never_with_the_key() -> Result<()> {
    let market = Market::shared().await?;
    let seller = market.sign_up("seller").await?;
    let answer = seller.publish(weather_listing(7)).await?;
    assert_answer(&answer, 201);
    assert_listing(answer.json(), &shown(7, "active"));
    let visitor = market.client()?;
    let found = visitor
        .get(&format!("/v1/listings/{}", answer.id()))
        .await?;
    assert_answer(&found, 200);
    assert_eq!(found.json(), answer.json());
    Ok(())
}

#[tokio::test]
async fn a_listing_needs_neither_description_nor_endpoint_and_may_hold_nothing() -> Result<()> {
    let seller = Market::shared().await?.sign_up("seller").await?;
    let mut bare = weather_listing(0);
    bare.as_object_mut()
        .unwrap()
        .retain(|name, _| name != "description" && name != "endpoint_url");
    let answer = seller.publish(bare).await?;
    assert_answer(&answer, 201);
    let expected = json!({
        "description": null,
        "endpoint_url": null,
        "available_units": 0,
        "status": "sold_out",
    });
    assert_listing(answer.json(), &expected);
    Ok(())
}

#[tokio::test]
async fn numbers_may_come_as_strings_and_prices_always_leave_as_strings() -> Result<()> {
    let market = Market::shared().await?;
    let seller = market.sign_up("seller").await?;
    for (price, units) in [
        (json!(2.5), json!(5)),
        (json!("2.5"), json!("5")),
        (json!("2.50"), json!("5")),
    ] {
        let listing = with(
            weather_listing(0),
            [("price_per_unit", price), ("available_units", units)],
        );
        let answer = seller
            .publish(with(listing, [("currency", json!("usd"))]))
            .await?;
        assert_answer(&answer, 201);
        assert_listing(
            answer.json(),
            &json!({"price_per_unit": "2.50", "available_units": 5, "currency": "USD"}),
        );
        let order = json!({"listing_id": answer.id(), "units_requested": "1"});
        let order = seller.post("/v1/orders", order).await?;
        assert_eq!((order.status, &order["total_price"]), (201, &json!("2.50")));
    }
    let whole = seller
        .publish(with(weather_listing(1), [("price_per_unit", json!(3))]))
        .await?;
    assert_eq!(whole["price_per_unit"], "3.00");
    Ok(())
}

#[tokio::test]
async fn a_seller_changes_any_field_of_a_listing() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, id) = on_sale(market, weather_listing(7)).await?;
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
            json!({"endpoint_url": "http://other.example.com/"}),
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
        let answer = seller.patch(&path, change.clone()).await?;
        assert_answer(&answer, 200);
        assert_listing(answer.json(), &expected);
        assert_eq!(seller.get(&path).await?.json(), answer.json(), "{change}");
    }
    Ok(())
}

#[tokio::test]
async fn a_new_key_replaces_the_old_one_for_those_who_bought_before_too() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, id) = on_sale(market, weather_listing(7)).await?;
    let buyer = market.sign_up("buyer").await?;
    let token = token_of(&buyer, &id).await?;
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
async fn sellers_see_their_listings_with_units_sold_and_revenue() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, id) = on_sale(market, weather_listing(7)).await?;
    let buyer = market.sign_up("buyer").await?;
    assert_eq!(buyer.buy(&id, 2).await?.status, 201);
    let answer: Response = seller.get("/v1/me/listings").await?;
    assert_answer(&answer, 200);
    assert_fields(answer.json(), &["data", "next_cursor"]);
    assert_eq!(answer["next_cursor"], Value::Null);
    let [listing] = answer.items() else {
        panic!("{}", answer.text)
    };
    let fields: Vec<_> = FIELDS
        .into_iter()
        .chain(["units_sold", "revenue"])
        .collect();
    assert_fields(listing, &fields);
    assert_eq!(
        (&listing["id"], &listing["available_units"]),
        (&json!(id), &json!(5))
    );
    assert_eq!(
        (&listing["units_sold"], &listing["revenue"]),
        (&json!(2), &json!("2.00"))
    );
    Ok(())
}

#[tokio::test]
async fn the_catalogue_shows_listings_as_they_are() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, id) = on_sale(market, weather_listing(7)).await?;
    let one = market.client()?.get(&format!("/v1/listings/{id}")).await?;
    let answer = market
        .client()?
        .get(&format!(
            "/v1/listings?seller={}",
            one.text_at("/seller/id")
        ))
        .await?;
    assert_answer(&answer, 200);
    assert_eq!(
        answer.json(),
        &json!({"data": [one.json()], "next_cursor": null})
    );
    Ok(())
}
