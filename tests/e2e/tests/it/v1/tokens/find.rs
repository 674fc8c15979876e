//! `GET /v1/tokens/{id}`

use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::{Market, weather_listing};

use crate::assertions::{assert_fields, assert_id, assert_json, assert_timestamp};
use crate::setup::seller_with_listing;

pub(crate) const ROUTES: &[&str] = &["GET /v1/tokens/{id}"];

#[tokio::test]
async fn a_token_has_its_order_listing_and_expiry() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer").await?;
    let order = buyer.buy(&listing, 2).await?;
    let token = buyer
        .get(&format!("/v1/tokens/{}", order.text_at("/token_id")))
        .await?;
    assert_json(&token, 200);
    let fields = [
        "id",
        "order_id",
        "listing_id",
        "service_name",
        "units",
        "access",
        "units_left",
        "units_open",
        "units_charged",
        "terms_version",
        "status",
        "expires_at",
        "created_at",
        "endpoint_changed_at",
        "key_changed_at",
    ];
    assert_fields(token.json(), &fields);
    assert_id(&token["id"], "tok");
    assert_eq!(
        (&token["order_id"], &token["listing_id"]),
        (&order["id"], &json!(listing))
    );
    assert_eq!(
        (&token["service_name"], &token["units"]),
        (&json!("Weather by the hour"), &json!(2))
    );
    assert_eq!(token["status"], "active");
    let lasts = instant(&token["expires_at"]).duration_since(instant(&token["created_at"]));
    assert_eq!(lasts.as_hours(), 30 * 24);

    let tokens = buyer.get("/v1/tokens").await?;
    assert_json(&tokens, 200);
    assert_eq!(
        tokens.json(),
        &json!({"data": [token.json()], "next_cursor": null})
    );
    Ok(())
}

fn instant(value: &Value) -> jiff::Timestamp {
    assert_timestamp(value);
    value.as_str().unwrap().parse().unwrap()
}
