//! `GET /v1/me/listings`

use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::{Market, Response, weather_listing};

use crate::assertions::{assert_fields, assert_json};
use crate::setup::seller_with_listing;
use crate::v1::listings::FIELDS;

pub(crate) const ROUTES: &[&str] = &["GET /v1/me/listings"];

#[tokio::test]
async fn sellers_see_their_listings_with_units_sold_and_revenue() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, id) = seller_with_listing(market, weather_listing(7)).await?;
    let buyer = market.sign_up("buyer").await?;
    assert_eq!(buyer.buy(&id, 2).await?.status, 201);
    let response: Response = seller.get("/v1/me/listings").await?;
    assert_json(&response, 200);
    assert_fields(response.json(), &["data", "next_cursor"]);
    assert_eq!(response["next_cursor"], Value::Null);
    let [listing] = response.items() else {
        panic!("{}", response.text)
    };
    let fields: Vec<_> = FIELDS
        .into_iter()
        .chain(["upstream_url", "units_sold", "revenue"])
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
