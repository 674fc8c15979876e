//! `/v1/admin/alerts`

pub(crate) mod list;
pub(crate) mod resolve;

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Client, Market, weather_listing};

use crate::setup::seller_with_listing;

/// A buyer who has complained about an order, with the path of the complaint.
pub(super) async fn complaint(market: &Market) -> Result<(Client, String, String)> {
    let (_seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let buyer = market.sign_up("complaining").await?;
    let order = buyer.buy(&listing, 1).await?.id().to_owned();
    let path = format!("/v1/orders/{order}/complaint");
    buyer
        .post(&path, json!({"reason": "It does not work."}))
        .await?;
    Ok((buyer, order, path))
}

/// The alert about this order, as this client sees it.
pub(super) async fn alert_about(client: &Client, order: &str) -> Result<serde_json::Value> {
    let mut path = "/v1/admin/alerts?resolved=true&limit=100".to_owned();
    loop {
        let page = client.get(&path).await?;
        if let Some(found) = page.items().iter().find(|alert| alert["subject"] == order) {
            return Ok(found.clone());
        }
        let next = page.text_at("/next_cursor");
        path = format!("/v1/admin/alerts?resolved=true&limit=100&cursor={next}");
    }
}
