//! A marketplace of its own, in which nothing happens any more: what it lists is known exactly.

use anyhow::Result;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use udam_browser::Shop;

use super::furnished::{done, list, register};

#[derive(Debug)]
pub(crate) struct Fair {
    pub(crate) shop: Shop,
    /// Those on sale with something left, the oldest first: one more than fits a page.
    pub(crate) listings: Vec<String>,
    pub(crate) sold_out: String,
    pub(crate) paused: String,
    pub(crate) archived: String,
}

/// The one that tests share.
pub(crate) async fn fair() -> Result<&'static Fair> {
    static FAIR: OnceCell<Fair> = OnceCell::const_new();
    FAIR.get_or_try_init(open).await
}

async fn open() -> Result<Fair> {
    let shop = Shop::open().await?;
    let seller = register(&shop, "meteo@pages.example", "Meteoservice Data GmbH").await?;
    let seller = seller.client(&shop)?;
    let mut special = Vec::new();
    for (number, (units, status)) in [(0, "active"), (9, "paused"), (9, "archived")]
        .into_iter()
        .enumerate()
    {
        let id = list(&seller, ordinary(100 + number, units)).await?;
        let path = format!("/v1/listings/{id}");
        done(seller.patch(&path, json!({"status": status})).await?)?;
        special.push(id);
    }
    let mut listings = Vec::new();
    for number in 1..=21 {
        listings.push(list(&seller, ordinary(number, 125_000)).await?);
    }
    let [sold_out, paused, archived] = <[String; 3]>::try_from(special).unwrap_or_default();
    Ok(Fair {
        shop,
        listings,
        sold_out,
        paused,
        archived,
    })
}

fn ordinary(number: usize, units: u32) -> Value {
    json!({
        "service_name": format!("Hourly forecasts for region {number}"),
        "description": "Temperature, wind and rain for every square kilometre, ten days ahead and \
                        thirty years back. Updated within two minutes of each model run.",
        "endpoint_url": "https://api.meteo.example.com/v2/forecasts",
        "api_key": "sk-meteo-1",
        "price_per_unit": "0.25",
        "unit_description": "1,000 requests for one place",
        "available_units": units,
    })
}
