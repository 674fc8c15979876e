//! Reading calls from rows.

use std::time::Duration;

use tokio_postgres::Row;
use udam_domain::gateway::{Call, CallOutcome, CallPath, CallState, Head, Method, OpenCall};
use udam_domain::units::Units;

use crate::columns::{Columns, stored_as_text, unreadable};
use crate::error::Unreadable;

stored_as_text!(Method);

/// Reads a column of the narrow type that counts have beside calls.
pub(super) fn units(row: &Row, column: &str) -> Result<Option<Units>, Unreadable> {
    let count: Option<i32> = row.read(column)?;
    let units = count.map(|count| Units::new(count.into())).transpose();
    units.map_err(|error| unreadable(column, error.into()))
}

/// Reads a row of `open_calls`.
pub(super) fn open_call(row: &Row) -> Result<OpenCall, Unreadable> {
    let taken = units(row, "taken")?;
    Ok(OpenCall {
        id: row.read("id")?,
        token_id: row.read("token_id")?,
        key_id: row.read("key_id")?,
        taken: taken.ok_or_else(|| unreadable("taken", "it is null".into()))?,
        began_at: row.read("began_at")?,
        deadline: row.read("deadline")?,
    })
}

/// A statement that reads calls that have ended. Its arguments are the path of its function and its conditions.
macro_rules! select_calls {
    ($function:literal, $conditions:literal) => {
        concat!(
            "-- ",
            $function,
            "
SELECT c.id, c.token_id, c.key_id, c.listing_id, c.buyer_id, c.seller_id, c.terms_version, c.units, c.status,
    c.declared_units, c.request_bytes, c.response_bytes, c.latency_micros, c.began_at, c.ended_at, c.outcome,
    c.method, c.path
FROM calls c ",
            $conditions
        )
    };
}
pub(super) use select_calls;

/// Reads a row of [`select_calls`].
pub(super) fn call(row: &Row) -> Result<Call, Unreadable> {
    let units: u32 = row.read("units")?;
    let latency: Option<u64> = row.read("latency_micros")?;
    Ok(Call {
        id: row.read("id")?,
        token_id: row.read("token_id")?,
        key_id: row.read("key_id")?,
        listing_id: row.read("listing_id")?,
        buyer_id: row.read("buyer_id")?,
        seller_id: row.read("seller_id")?,
        terms: row.read("terms_version")?,
        request: request(row)?,
        outcome: outcome(row)?,
        // As `charge` decides: a call that cost nothing was returned.
        state: if units > 0 {
            CallState::Charged
        } else {
            CallState::Returned
        },
        units,
        request_bytes: row.read("request_bytes")?,
        response_bytes: row.read("response_bytes")?,
        latency: latency.map(Duration::from_micros),
        began_at: row.read("began_at")?,
        ended_at: row.read("ended_at")?,
    })
}

fn request(row: &Row) -> Result<Option<(Method, CallPath)>, Unreadable> {
    let (method, path): (Option<Method>, Option<String>) = (row.read("method")?, row.read("path")?);
    let Some((method, path)) = method.zip(path) else {
        return Ok(None);
    };
    let path = CallPath::new(path);
    let path = path.ok_or_else(|| unreadable("path", "it is no path of a call".into()))?;
    Ok(Some((method, path)))
}

fn outcome(row: &Row) -> Result<CallOutcome, Unreadable> {
    let status: Option<i32> = row.read("status")?;
    let declared: Option<u64> = row.read("declared_units")?;
    let status = u16::try_from(status.unwrap_or_default());
    let head = Head {
        status: status.map_err(|error| unreadable("status", error.into()))?,
        declared_units: declared.and_then(|units| u32::try_from(units).ok()),
    };
    let name: String = row.read("outcome")?;
    let outcome = CallOutcome::named(&name, head);
    outcome.ok_or_else(|| unreadable("outcome", "it is no outcome of a call".into()))
}
