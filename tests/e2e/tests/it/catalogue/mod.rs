//! Finding what is on sale.

mod paging;
mod queries;

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Client, Market, weather_listing};

use crate::expect::assert_answer;
use crate::scenes::{list, with};

/// The names of all that this query finds, page by page.
async fn names(client: &Client, query: &str) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = client.get(&format!("/v1/listings?{query}{cursor}")).await?;
        assert_answer(&page, 200);
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

/// A seller with three services, and what narrows a query down to them.
async fn three_services(market: &Market) -> Result<(Client, String)> {
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
        let listing = with(
            weather_listing(units),
            [
                ("service_name", json!(name)),
                ("price_per_unit", json!(price)),
                ("description", json!(description)),
            ],
        );
        list(&seller, listing).await?;
    }
    let own = seller.get("/v1/me/listings").await?;
    let id = own.items()[0]["seller"]["id"].as_str().unwrap().to_owned();
    Ok((seller, id))
}
