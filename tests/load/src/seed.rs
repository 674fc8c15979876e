//! Buyers and listings.

use std::sync::Arc;

use anyhow::Result;
use bytes::Bytes;
use hyper::header::HeaderValue;
use serde_json::json;
use udam_crypto::{Sha256SessionMint, SystemClock, SystemEntropy};
use udam_domain::id::{AccountId, ListingId, SessionId};
use udam_domain::{Clock, SessionMint};
use udam_testkit::{Client, expect_status};
use uuid::Uuid;

use crate::database::Database;

/// The most units that a listing may have: it never sells out.
pub(crate) const MAX_UNITS: u32 = 1_000_000_000;

/// Inserts buyers and their sessions, and returns the `Authorization` of each. They have no password: hashing
/// a thousand would take longer than everything else.
pub(crate) async fn buyers(database: &Database, count: usize) -> Result<Arc<[HeaderValue]>> {
    let now = SystemClock.now();
    let (mut accounts, mut sessions) = (Vec::<Uuid>::new(), Vec::<Uuid>::new());
    let (mut digests, mut authorizations) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let (token, digest) = Sha256SessionMint.mint();
        accounts.push(AccountId::mint(now, &SystemEntropy).uuid());
        sessions.push(SessionId::mint(now, &SystemEntropy).uuid());
        digests.push(digest.as_bytes().to_vec());
        let bearer = Bytes::from(format!("Bearer {}", token.expose()));
        authorizations.push(HeaderValue::from_maybe_shared(bearer)?);
    }
    let statement = include_str!("../sql/buyers.sql");
    database
        .client()
        .execute(statement, &[&accounts, &sessions, &digests])
        .await?;
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
