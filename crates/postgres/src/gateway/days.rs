//! The days of the records of calls: partitions that are made ahead, and dropped whole.
//!
//! Each change of a partition is a short transaction that waits for no lock for long, as calls that end would queue behind
//! it. What cannot be done now is done the next time: days are made a week ahead, and until a day is made, its calls are in
//! the default partition, from which they are moved.

use std::collections::BTreeMap;

use futures::FutureExt;
use udam_domain::id::CallId;
use udam_domain::time::{Date, SignedDuration, Timestamp, after, before, day_of, start_of};
use udam_domain::{StoreError, error_chain};

use crate::columns::Columns;
use crate::error::Unreadable;
use crate::pool::PgPool;
use crate::transaction::{Transaction, TxResult};

/// Number of days that are made ahead, apart from the current one.
const AHEAD: u16 = 7;

/// Largest number of calls that are deleted from the default partition at a time.
const DELETED_AT_ONCE: i64 = 10_000;

/// Length of a day.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Makes the days from that of `now` on, and drops those that ended before `now` less `kept`. What another server is doing,
/// or what a lock keeps from being done, is left for the next time.
pub(super) async fn keep(
    pool: &PgPool,
    now: Timestamp,
    kept: SignedDuration,
) -> Result<(), StoreError> {
    let oldest = day_of(before(now, kept));
    let days = days(pool).await?;
    for number in 0..=AHEAD {
        let day = day_of(after(now, DAY.saturating_mul(number.into())));
        if !days.contains_key(&day) {
            let made = pool.transaction(move |tx| make(tx, day).boxed()).await;
            unless_busy(made, "a day of calls could not be made yet")?;
        }
    }
    for (day, name) in days.range(..oldest) {
        let (day, name) = (*day, name.as_str());
        let dropped = pool.transaction(move |tx| drop_day(tx, day, name).boxed());
        unless_busy(dropped.await, "a day of calls could not be dropped yet")?;
    }
    let deleted = pool.transaction(move |tx| delete_default(tx, oldest).boxed());
    unless_busy(deleted.await, "old calls could not be deleted yet")
}

/// Passes a failure on, unless it is a lock that was held for too long.
fn unless_busy(done: Result<(), StoreError>, otherwise: &'static str) -> Result<(), StoreError> {
    if let Err(error @ StoreError::Overloaded) = &done {
        let cause = error_chain(error);
        tracing::warn!(cause, "{otherwise}");
        return Ok(());
    }
    done
}

/// The days that have partitions, with their names.
async fn days(pool: &PgPool) -> Result<BTreeMap<Date, String>, StoreError> {
    const DAYS: &str = "\
-- gateway::days::days
SELECT c.relname::text AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'calls'::regclass";

    let client = pool.client().await?;
    let found = client.rows(DAYS, &[]).await?;
    let names = found.iter().map(|row| row.read::<String>("name"));
    let names: Vec<String> = names.collect::<Result<_, Unreadable>>()?;
    let days = names
        .into_iter()
        .filter_map(|name| Some((day_in(&name)?, name)));
    Ok(days.collect())
}

/// Name of the partition of a day: `calls_2026_11_30`.
fn name_of(day: Date) -> String {
    format!("calls_{}", day.to_string().replace('-', "_"))
}

/// The day of the partition with this name; `None` of the default partition.
fn day_in(name: &str) -> Option<Date> {
    name.strip_prefix("calls_")?.replace('_', "-").parse().ok()
}

/// Returns whether this transaction may change partitions: another server may be about to. Locks are not waited for long
/// from then on.
async fn may_change(tx: &Transaction<'_>) -> TxResult<bool> {
    // "calls" in ASCII; it must be the same in every release.
    const TRY: &str = "\
-- gateway::days::may_change
SELECT pg_try_advisory_xact_lock(x'63616c6c73'::bigint) AS locked";

    tx.batch_execute("SET LOCAL lock_timeout = '200ms'").await?;
    Ok(tx.one(TRY, &[]).await?.read("locked")?)
}

/// Makes the partition of a day, and moves the calls of it there that are in the default partition.
///
/// `CREATE TABLE … PARTITION OF` would lock out all who read or write calls. A table that is attached does not: only the
/// default partition is locked, which nobody uses while days are made in time.
async fn make(tx: &Transaction<'_>, day: Date) -> TxResult<()> {
    const EXISTS: &str = "\
-- gateway::days::make, exists
SELECT to_regclass($1) IS NOT NULL AS exists";

    if !may_change(tx).await? {
        return Ok(());
    }
    let name = name_of(day);
    if tx.one(EXISTS, &[&name]).await?.read("exists")? {
        return Ok(());
    }
    let end = after(start_of(day), DAY);
    let [first, end] = [start_of(day), end].map(|instant| CallId::first_at(instant).uuid());
    tx.batch_execute(&format!(
        "LOCK TABLE calls_default IN ACCESS EXCLUSIVE MODE;
        CREATE TABLE {name} (LIKE calls INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES);
        WITH moved AS (
            DELETE FROM calls_default WHERE id >= '{first}' AND id < '{end}' RETURNING *
        )
        INSERT INTO {name} SELECT * FROM moved;
        ALTER TABLE calls ATTACH PARTITION {name} FOR VALUES FROM ('{first}') TO ('{end}')"
    ))
    .await?;
    Ok(())
}

/// Drops the partition of a day. Who reads or writes calls waits for this transaction, which does little.
async fn drop_day(tx: &Transaction<'_>, day: Date, name: &str) -> TxResult<()> {
    if !may_change(tx).await? {
        return Ok(());
    }
    tx.batch_execute(&format!("DROP TABLE IF EXISTS {name}"))
        .await?;
    record_dropped(tx, after(start_of(day), DAY)).await
}

/// Deletes calls of days before `oldest` that no partition was made for.
async fn delete_default(tx: &Transaction<'_>, oldest: Date) -> TxResult<()> {
    const DELETE: &str = "\
-- gateway::days::delete_default
DELETE FROM calls_default
WHERE id IN (SELECT id FROM calls_default WHERE id < $1 ORDER BY id LIMIT $2)";

    if !may_change(tx).await? {
        return Ok(());
    }
    let before = start_of(oldest);
    let first_kept = CallId::first_at(before).uuid();
    if tx.run(DELETE, &[&first_kept, &DELETED_AT_ONCE]).await? > 0 {
        record_dropped(tx, before).await?;
    }
    Ok(())
}

/// Records that calls before this instant are not all there.
async fn record_dropped(tx: &Transaction<'_>, before: Timestamp) -> TxResult<()> {
    const RECORD: &str = "\
-- gateway::days::record_dropped
INSERT INTO calls_dropped AS dropped (before) VALUES ($1)
ON CONFLICT (one) DO UPDATE SET before = greatest(dropped.before, excluded.before)";

    tx.run(RECORD, &[&before]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_is_named_after_its_day() {
        let day: Date = "2026-11-30".parse().unwrap();
        assert_eq!(name_of(day), "calls_2026_11_30");
        assert_eq!(day_in("calls_2026_11_30"), Some(day));
        for other in [
            "calls_default",
            "calls",
            "calls_2026_13_01",
            "orders_2026_11_30",
        ] {
            assert_eq!(day_in(other), None, "{other}");
        }
    }
}
