//! A marketplace of its own that no test changes: its listings are known exactly.

use anyhow::Result;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use udam_browser::DevServer;

use super::fixture::{list, ok, register};

#[derive(Debug)]
pub(crate) struct Catalogue {
    pub(crate) server: DevServer,
    /// Ids of those on sale with units left, oldest first: one more than fits a page.
    pub(crate) listings: Vec<String>,
    pub(crate) sold_out: String,
    pub(crate) paused: String,
    pub(crate) archived: String,
}

/// The instance that tests share.
pub(crate) async fn quiet_catalogue() -> Result<&'static Catalogue> {
    static CATALOGUE: OnceCell<Catalogue> = OnceCell::const_new();
    CATALOGUE.get_or_try_init(create).await
}

async fn create() -> Result<Catalogue> {
    let server = DevServer::start().await?;
    let seller = register(&server, "meteo@pages.example", "Meteoservice Data GmbH").await?;
    let seller = seller.client(&server)?;
    let mut special = Vec::new();
    for (number, (units, status)) in [(0, "active"), (9, "paused"), (9, "archived")]
        .into_iter()
        .enumerate()
    {
        let id = list(&seller, ordinary(100 + number, units)).await?;
        let path = format!("/v1/listings/{id}");
        ok(seller.patch(&path, json!({"status": status})).await?)?;
        special.push(id);
    }
    let mut listings = Vec::new();
    for number in 1..=21 {
        listings.push(list(&seller, ordinary(number, 125_000)).await?);
    }
    let [sold_out, paused, archived] = <[String; 3]>::try_from(special).unwrap_or_default();
    Ok(Catalogue {
        server,
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
