//! How most stories begin.

use anyhow::{Result, ensure};
use serde_json::Value;
use udam_testkit::{Client, Market};

/// A seller, and the id of what they have put on sale.
pub(crate) async fn on_sale(market: &Market, listing: Value) -> Result<(Client, String)> {
    let seller = market.sign_up("seller").await?;
    let id = list(&seller, listing).await?;
    Ok((seller, id))
}

/// The id of what the seller has put on sale.
pub(crate) async fn list(seller: &Client, listing: Value) -> Result<String> {
    let answer = seller.publish(listing).await?;
    ensure!(
        answer.status == 201,
        "listing was answered {}: {}",
        answer.status,
        answer.text
    );
    Ok(answer.id().to_owned())
}

/// The id of the token that an order of one unit came with.
pub(crate) async fn token_of(buyer: &Client, listing_id: &str) -> Result<String> {
    let order = buyer.buy(listing_id, 1).await?;
    ensure!(
        order.status == 201,
        "buying was answered {}: {}",
        order.status,
        order.text
    );
    Ok(order.text_at("/token_id").to_owned())
}

/// This listing, with other values in it.
pub(crate) fn with<const N: usize>(mut listing: Value, values: [(&str, Value); N]) -> Value {
    for (name, value) in values {
        listing[name] = value;
    }
    listing
}
