//! `GET /v1/listings`

mod paging;
mod queries;

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Client, Market, weather_listing};

use crate::assertions::assert_json;
use crate::setup::{publish, with_fields};

pub(crate) const ROUTES: &[&str] = &["GET /v1/listings"];

/// Names of all listings that a query finds, in all pages.
pub(crate) async fn names(client: &Client, query: &str) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = client.get(&format!("/v1/listings?{query}{cursor}")).await?;
        assert_json(&page, 200);
        names.extend(
            page.items()
                .iter()
                .map(|item| item["service_name"].as_str().unwrap().to_owned()),
        );
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(names),
        }
    }
}

/// A seller with three listings, and the seller's id to filter by.
pub(crate) async fn three_services(market: &Market) -> Result<(Client, String)> {
    let services = [
        (
            "Tides of the Baltic",
            "0.50",
            3,
            "How high the water stands, by harbour.",
        ),
        (
            "Quotes by the minute",
            "2.00",
            0,
            "Prices of stocks, and of harbour dues.",
        ),
        ("Maps of the moon", "1.25", 5, "Craters and seas."),
    ];
    let seller = market.sign_up("seller").await?;
    for (name, price, units, description) in services {
        let listing = with_fields(
            weather_listing(units),
            [
                ("service_name", json!(name)),
                ("price_per_unit", json!(price)),
                ("description", json!(description)),
            ],
        );
        publish(&seller, listing).await?;
    }
    let own = seller.get("/v1/me/listings").await?;
    let id = own.items()[0]["seller"]["id"].as_str().unwrap().to_owned();
    Ok((seller, id))
}
