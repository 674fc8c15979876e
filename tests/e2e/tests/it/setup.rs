//! Sellers, listings, orders and tokens that tests begin with.

use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::{Client, Market, Response, expect_status};

/// A new seller, and the id of a listing that they have published.
pub(crate) async fn seller_with_listing(
    market: &Market,
    listing: Value,
) -> Result<(Client, String)> {
    let seller = market.sign_up("seller").await?;
    let id = publish(&seller, listing).await?;
    Ok((seller, id))
}

/// Publishes a listing, and returns its id.
pub(crate) async fn publish(seller: &Client, listing: Value) -> Result<String> {
    let published = expect_status(seller.publish(listing).await?, 201)?;
    Ok(published.id().to_owned())
}

/// A listing that is sold through the gateway, on default terms.
pub(crate) fn gateway_listing(units: u32) -> Value {
    with_fields(
        udam_testkit::weather_listing(units),
        [("access", json!("gateway")), ("gateway", json!({}))],
    )
}

/// Buys one unit, and returns the id of the token.
pub(crate) async fn buy_token(buyer: &Client, listing_id: &str) -> Result<String> {
    let order = expect_status(buyer.buy(listing_id, 1).await?, 201)?;
    Ok(order.text_at("/token_id").to_owned())
}

/// A buyer with five orders of a listing, the newest first.
pub(crate) async fn orders_of_one_buyer(
    market: &Market,
    listing_id: &str,
) -> Result<(Client, Vec<Response>)> {
    let buyer = market.sign_up("buyer").await?;
    let mut orders = Vec::new();
    for _ in 0..5 {
        orders.insert(0, expect_status(buyer.buy(listing_id, 1).await?, 201)?);
    }
    Ok((buyer, orders))
}

/// The listing with other values of some fields.
pub(crate) fn with_fields<const N: usize>(mut listing: Value, values: [(&str, Value); N]) -> Value {
    for (name, value) in values {
        listing[name] = value;
    }
    listing
}

/// The open amount of a buyer's tab.
pub(crate) async fn open_tab(buyer: &Client) -> Result<String> {
    Ok(buyer.get("/v1/tab").await?.text_at("/open").to_owned())
}

/// Available units, sold units and revenue of a seller's only listing.
pub(crate) async fn stock_and_revenue(seller: &Client) -> Result<Value> {
    let own = seller.get("/v1/me/listings").await?;
    let listing = &own.items()[0];
    Ok(json!([
        listing["available_units"],
        listing["units_sold"],
        listing["revenue"]
    ]))
}
