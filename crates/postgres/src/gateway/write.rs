//! The one statement that writes what calls have changed, however many.

use udam_domain::gateway::{Call, CallPath, Changed, Method, OpenCall};

use super::count::{stored, stored_long};
use super::terms::stored_version;
use crate::arrays::column;
use crate::transaction::{Parameters, Transaction};

pub(super) const WRITE_CALLS: &str = "\
-- gateway::write::write_calls
WITH balanced AS (
    UPDATE token_balances AS balance
    SET left_units = after.left_units, free_at = after.free_at
    FROM unnest($1::uuid[], $2::int[], $3::timestamptz[]) AS after (token_id, left_units, free_at)
    WHERE balance.token_id = after.token_id
),
counted AS (
    UPDATE access_keys SET taken_units = after.taken_units
    FROM unnest($4::uuid[], $5::int[]) AS after (id, taken_units)
    WHERE access_keys.id = after.id
),
opened AS (
    INSERT INTO open_calls (id, token_id, key_id, taken, began_at, deadline)
    SELECT * FROM unnest($6::uuid[], $7::uuid[], $8::uuid[], $9::int[], $10::timestamptz[], $11::timestamptz[])
)
INSERT INTO calls (
    id, token_id, key_id, listing_id, buyer_id, seller_id, terms_version, units, status, declared_units,
    request_bytes, response_bytes, latency_micros, began_at, ended_at, outcome, method, path
)
SELECT * FROM unnest(
    $12::uuid[], $13::uuid[], $14::uuid[], $15::uuid[], $16::uuid[], $17::uuid[], $18::int[], $19::int[],
    $20::int[], $21::bigint[], $22::bigint[], $23::bigint[], $24::bigint[], $25::timestamptz[],
    $26::timestamptz[], $27::text[], $28::text[], $29::text[]
)";

/// What calls have changed.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Balances and counters after them.
    pub(super) changed: Changed,
    /// Calls that have begun.
    pub(super) opened: Vec<OpenCall>,
    /// Calls that have ended.
    pub(super) ended: Vec<Call>,
}

/// Writes what calls have changed. The transaction holds the locks of the balances.
pub(super) async fn write_calls(
    tx: &Transaction<'_>,
    changes: &Changes,
) -> Result<(), tokio_postgres::Error> {
    let Changes {
        changed,
        opened,
        ended,
    } = changes;
    if opened.is_empty() && ended.is_empty() {
        return Ok(());
    }
    let (tokens, keys) = (&changed.tokens, &changed.keys);
    let head = |call: &Call| call.outcome.head();
    let parameters: Parameters<'_> = &[
        &column(tokens, |(id, ..)| id.uuid()),
        &column(tokens, |(_, balance, _)| stored(balance.left().get())),
        &column(tokens, |(.., free_at)| *free_at),
        &column(keys, |(id, _)| id.uuid()),
        &column(keys, |(_, taken)| stored(*taken)),
        &column(opened, |call| call.id.uuid()),
        &column(opened, |call| call.token_id.uuid()),
        &column(opened, |call| call.key_id.uuid()),
        &column(opened, |call| stored(call.taken.get())),
        &column(opened, |call| call.began_at),
        &column(opened, |call| call.deadline),
        &column(ended, |call| call.id.uuid()),
        &column(ended, |call| call.token_id.uuid()),
        &column(ended, |call| call.key_id.uuid()),
        &column(ended, |call| call.listing_id.uuid()),
        &column(ended, |call| call.buyer_id.uuid()),
        &column(ended, |call| call.seller_id.uuid()),
        &column(ended, |call| stored_version(call.terms)),
        &column(ended, |call| stored(call.units)),
        &column(ended, |call| head(call).map(|head| i32::from(head.status))),
        &column(ended, |call| {
            head(call).and_then(|head| head.declared_units.map(i64::from))
        }),
        &column(ended, |call| stored_long(call.request_bytes)),
        &column(ended, |call| stored_long(call.response_bytes)),
        &column(ended, |call| {
            call.latency.map(|time| stored_long(time.as_micros()))
        }),
        &column(ended, |call| call.began_at),
        &column(ended, |call| call.ended_at),
        &column(ended, |call| call.outcome.name()),
        &column(ended, |call| method(call).map(<&str>::from)),
        &column(ended, |call| path(call).map(CallPath::as_str)),
    ];
    tx.run(WRITE_CALLS, parameters).await.map(drop)
}

fn method(call: &Call) -> Option<Method> {
    call.request.as_ref().map(|(method, _)| *method)
}

fn path(call: &Call) -> Option<&CallPath> {
    call.request.as_ref().map(|(_, path)| path)
}
