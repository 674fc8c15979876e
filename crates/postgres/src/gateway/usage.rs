//! Sums of calls over hours and days.

use tokio_postgres::Row;
use udam_domain::StoreError;
use udam_domain::gateway::{Granularity, UsageBucket, UsageQuery};
use udam_domain::id::{CallId, ListingId};
use udam_domain::time::{Timestamp, before};

use super::by_key;
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::pool::PgPool;
use crate::transaction::Parameters;

/// A statement that sums calls by period. Its arguments are the path of its function, the rows whose calls are summed, by
/// `$4` and `$5`, and the column of calls that refers to them. Calls are looked up row by row: of many rows at once, a plan
/// might read all calls of the time instead.
macro_rules! sum_calls {
    ($function:literal, $of:literal, $column:literal) => {
        concat!(
            "-- ",
            $function,
            "
SELECT
    date_trunc($1, c.began_at, 'UTC') AS period,
    count(*) AS calls,
    count(*) FILTER (WHERE c.units > 0) AS charged_calls,
    sum(c.units)::bigint AS units,
    sum(c.request_bytes + c.response_bytes)::bigint AS bytes
FROM (",
            $of,
            ") AS asked
CROSS JOIN LATERAL (
    SELECT * FROM calls made
    WHERE made.",
            $column,
            " = asked.id AND made.id >= $2 AND made.began_at >= $3 OFFSET 0
) AS c
GROUP BY period ORDER BY period"
        )
    };
}

const OF_TOKEN: &str = sum_calls!(
    "gateway::usage::sums, of a token",
    "SELECT t.id FROM tokens t WHERE t.id = $4 AND t.buyer_id = $5",
    "token_id"
);

const OF_SELLER: &str = sum_calls!(
    "gateway::usage::sums, of a seller",
    "SELECT l.id FROM listings l WHERE l.seller_id = $4 AND ($5::uuid IS NULL OR l.id = $5)",
    "listing_id"
);

/// Sums the calls that a query selects over the periods up to and including that of `now`.
pub(super) async fn sums(
    pool: &PgPool,
    query: UsageQuery,
    by: Granularity,
    now: Timestamp,
) -> Result<Vec<UsageBucket>, StoreError> {
    let since = since(by, now);
    let first = CallId::first_at(since).uuid();
    let period: &str = by.into();
    let found = match query {
        UsageQuery::Token { id, buyer } => {
            let parameters: Parameters<'_> = &[&period, &first, &since, &id.uuid(), &buyer.uuid()];
            by_key::rows(pool, OF_TOKEN, parameters).await?
        }
        UsageQuery::Seller { id, listing } => {
            let listing = listing.map(ListingId::uuid);
            let parameters: Parameters<'_> = &[&period, &first, &since, &id.uuid(), &listing];
            by_key::rows(pool, OF_SELLER, parameters).await?
        }
    };
    Ok(found.iter().map(bucket).collect::<Result<_, _>>()?)
}

/// Beginning of the first period.
fn since(by: Granularity, now: Timestamp) -> Timestamp {
    let before_this = i32::from(by.periods()).saturating_sub(1);
    let earlier = before(now, by.length().saturating_mul(before_this));
    // Hours and days of UTC are whole multiples of their lengths.
    let length = by.length().as_secs().max(1);
    let into = earlier.as_second().rem_euclid(length);
    let start = earlier.as_second().saturating_sub(into);
    Timestamp::from_second(start).unwrap_or(Timestamp::MIN)
}

fn bucket(row: &Row) -> Result<UsageBucket, Unreadable> {
    Ok(UsageBucket {
        from: row.read("period")?,
        calls: row.read("calls")?,
        charged_calls: row.read("charged_calls")?,
        units: row.read("units")?,
        bytes: row.read("bytes")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_period_begins_on_the_hour_or_at_midnight() {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let now = at("2026-11-30T13:45:59.5Z");
        assert_eq!(since(Granularity::Hour, now), at("2026-11-28T14:00:00Z"));
        assert_eq!(since(Granularity::Day, now), at("2026-11-01T00:00:00Z"));
        let midnight = at("2026-11-30T00:00:00Z");
        assert_eq!(
            since(Granularity::Day, midnight),
            at("2026-11-01T00:00:00Z")
        );
    }
}
