//! The days of the records of calls: partitions that are made ahead, and dropped whole.
//!
//! Each change of a partition is a short transaction that waits for no lock for long, as calls that end would queue behind
//! it. What cannot be done now is done the next time: days are made a week ahead, and until a day is made, its calls are in
//! the default partition, from which they are moved.

use std::collections::BTreeSet;

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
        if !days.contains(&day) {
            let made = pool.transaction(move |tx| make(tx, day).boxed()).await;
            unless_busy(made, "a day of calls could not be made yet")?;
        }
    }
    for day in days.range(..oldest).copied() {
        let dropped = pool.transaction(move |tx| drop_day(tx, day).boxed());
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

/// The days that have partitions.
async fn days(pool: &PgPool) -> Result<BTreeSet<Date>, StoreError> {
    const DAYS: &str = "\
-- gateway::days::days
SELECT c.relname::text AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'calls'::regclass";

    let client = pool.client().await?;
    let found = client.rows(DAYS, &[]).await?;
    let names = found.iter().map(|row| row.read::<String>("name"));
    let names: Vec<String> = names.collect::<Result<_, Unreadable>>()?;
    Ok(names.iter().filter_map(|name| day_in(name)).collect())
}

/// The day of the partition with this name, such as `calls_2026_11_30`; `None` of the default partition.
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
/// The function of the database does so as the owner of the table, which the role of a server need not be.
async fn make(tx: &Transaction<'_>, day: Date) -> TxResult<()> {
    const MAKE: &str = "\
-- gateway::days::make
SELECT make_day_of_calls($1)";

    if may_change(tx).await? {
        tx.one(MAKE, &[&day]).await?;
    }
    Ok(())
}

/// Drops the partition of a day. Who reads or writes calls waits for this transaction, which does little.
async fn drop_day(tx: &Transaction<'_>, day: Date) -> TxResult<()> {
    const DROP: &str = "\
-- gateway::days::drop_day
SELECT drop_day_of_calls($1)";

    if !may_change(tx).await? {
        return Ok(());
    }
    tx.one(DROP, &[&day]).await?;
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
