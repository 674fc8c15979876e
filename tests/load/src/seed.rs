//! Buyers and listings.

use std::sync::Arc;

use anyhow::Result;
use bytes::Bytes;
use hyper::header::HeaderValue;
use serde_json::json;
use udam_domain::id::ListingId;
use udam_testkit::{Client, expect_status, insert_buyers};

use crate::database::Database;

/// The most units that a listing may have: it never sells out.
pub(crate) const MAX_UNITS: u32 = 1_000_000_000;

/// Inserts buyers, and returns the `Authorization` of each.
pub(crate) async fn buyers(database: &Database, count: usize) -> Result<Arc<[HeaderValue]>> {
    let mut authorizations = Vec::new();
    for token in insert_buyers(database.client(), count).await? {
        let bearer = Bytes::from(format!("Bearer {token}"));
        authorizations.push(HeaderValue::from_maybe_shared(bearer)?);
    }
    Ok(authorizations.into())
}

/// Publishes listings.
pub(crate) async fn listings(
    seller: &Client,
    count: usize,
    price: &str,
    units: u32,
) -> Result<Arc<[ListingId]>> {
    let mut ids = Vec::new();
    for (number, subject) in (0..count).zip(SUBJECTS.iter().cycle()) {
        let listing = json!({
            "service_name": format!("Hourly {subject} {number}"),
            "description": "Everything that is measured, as it is measured, from the source.",
            "endpoint_url": "https://data.example.com/v1",
            "api_key": format!("sk-load-{number:06}"),
            "price_per_unit": price,
            "unit_description": "1,000 calls",
            "available_units": units,
        });
        let published = expect_status(seller.publish(listing).await?, 201)?;
        ids.push(published.id().parse()?);
    }
    Ok(ids.into())
}

/// Words to search for, which grown listings have in their names too.
pub(crate) const SUBJECTS: [&str; 8] = [
    "weather", "traffic", "energy", "genome", "census", "soil", "tide", "pollen",
];
