//! Measured quality of services.

use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;
use tokio_postgres::Row;
use udam_domain::StoreError;
use udam_domain::gateway::{CallOutcome, CallQuality, Head};
use udam_domain::id::{CallId, ListingId};
use udam_domain::time::{SignedDuration, Timestamp, before};

use super::by_key;
use crate::columns::{Columns, unreadable};
use crate::error::Unreadable;
use crate::pool::PgPool;

/// Time for which a measurement is taken again from the cache: one over seven days does not change in five minutes.
const FRESH_FOR: SignedDuration = SignedDuration::from_mins(5);

/// Largest number of listings in the cache.
const CACHE_CAPACITY: usize = 4_096;

/// The last measurement of each listing. A clone is the same cache.
#[derive(Debug, Clone)]
pub(super) struct QualityCache(Arc<Cache<ListingId, (Timestamp, CallQuality)>>);

impl QualityCache {
    pub(super) fn new() -> Self {
        Self(Arc::new(Cache::new(CACHE_CAPACITY)))
    }

    /// A measurement of about `now`.
    pub(super) fn get(&self, listing: ListingId, now: Timestamp) -> Option<CallQuality> {
        let (at, quality) = self.0.get(&listing)?;
        (now.duration_since(at).abs() < FRESH_FOR).then_some(quality)
    }

    pub(super) fn insert(&self, listing: ListingId, now: Timestamp, quality: CallQuality) {
        self.0.insert(listing, (now, quality));
    }
}

/// Measures the quality of a listing's service over the window before `now`.
pub(super) async fn measure(
    pool: &PgPool,
    listing: ListingId,
    now: Timestamp,
) -> Result<CallQuality, StoreError> {
    // Only a call whose answer had a head has a latency. The last row has those of all.
    const MEASURE: &str = "\
-- gateway::quality::measure
SELECT
    c.outcome, c.status, count(*) AS calls, grouping(c.outcome) AS is_all,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY c.latency_micros) AS p50,
    percentile_disc(0.95) WITHIN GROUP (ORDER BY c.latency_micros) AS p95
FROM calls c
WHERE c.listing_id = $1 AND c.id >= $2
GROUP BY GROUPING SETS ((c.outcome, c.status), ())";

    let first = CallId::first_at(before(now, CallQuality::WINDOW)).uuid();
    let found = by_key::rows(pool, MEASURE, &[&listing.uuid(), &first]).await?;
    let mut quality = CallQuality {
        calls: 0,
        successes: 0,
        p50: Duration::ZERO,
        p95: Duration::ZERO,
    };
    for row in &found {
        let is_all: i32 = row.read("is_all")?;
        if is_all == 0 {
            count(&mut quality, row)?;
        } else {
            quality.p50 = percentile(row, "p50")?;
            quality.p95 = percentile(row, "p95")?;
        }
    }
    Ok(quality)
}

/// Counts the calls that ended in one way.
fn count(quality: &mut CallQuality, row: &Row) -> Result<(), Unreadable> {
    let status: Option<i32> = row.read("status")?;
    let status = u16::try_from(status.unwrap_or_default());
    let head = Head {
        status: status.map_err(|error| unreadable("status", error.into()))?,
        declared_units: None,
    };
    let name: String = row.read("outcome")?;
    let outcome = CallOutcome::named(&name, head);
    let outcome =
        outcome.ok_or_else(|| unreadable("outcome", "it is no outcome of a call".into()))?;
    let calls: u64 = row.read("calls")?;
    if let Some(is_success) = outcome.is_success() {
        quality.calls = quality.calls.saturating_add(calls);
        let successes = if is_success { calls } else { 0 };
        quality.successes = quality.successes.saturating_add(successes);
    }
    Ok(())
}

fn percentile(row: &Row, column: &str) -> Result<Duration, Unreadable> {
    let micros: Option<u64> = row.read(column)?;
    Ok(Duration::from_micros(micros.unwrap_or_default()))
}
