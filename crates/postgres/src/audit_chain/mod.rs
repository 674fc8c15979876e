//! The chain of audit records: linking new records, and walking it.
//!
//! Records are linked after their transactions, by whichever server comes first. A transaction with a lower id may commit later,
//! so that the next records are looked for from a little before the greatest id that was linked.

mod keys;
mod record;
mod verify;

use std::sync::Arc;

use async_trait::async_trait;
use futures::FutureExt;
use udam_domain::audit::{AuditHead, AuditLink, StoredRecord};
use udam_domain::time::{SignedDuration, Timestamp, before};
use udam_domain::{AuditAuthenticator, AuditChain, Linked, StoreError};

use crate::columns::Columns;
use crate::error::Unreadable;
use crate::pool::PgPool;
use crate::transaction::{Parameters, Transaction, TxError, TxResult};

pub use keys::PgAuditKeyStore;
pub use verify::{ChainFinding, ChainReport, audit_head, verify_chain};

use record::{select_records, stored_record};

/// Longest time from the insertion of a record to its commit, with a wide margin: statements and pauses within a transaction
/// are limited to seconds. A record that is committed even later is found by [`verify_chain`] as not linked.
const LATEST_COMMIT: SignedDuration = SignedDuration::from_mins(10);

/// Most records that are looked at in one transaction.
const BATCH: i64 = 1_000;

/// Links audit records in PostgreSQL.
#[derive(Clone)]
pub struct PgAuditChain {
    pool: PgPool,
    authenticator: Arc<dyn AuditAuthenticator>,
}

impl PgAuditChain {
    /// A chain over `pool`, whose links `authenticator` makes.
    #[must_use]
    pub fn new(pool: PgPool, authenticator: Arc<dyn AuditAuthenticator>) -> Self {
        Self {
            pool,
            authenticator,
        }
    }
}

#[async_trait]
impl AuditChain for PgAuditChain {
    async fn link(&self, now: Timestamp) -> Result<Linked, StoreError> {
        let authenticator = Arc::clone(&self.authenticator);
        self.pool
            .transaction(move |tx| {
                let authenticator = Arc::clone(&authenticator);
                async move { link(tx, authenticator.as_ref(), now).await }.boxed()
            })
            .await
    }
}

// One server links at a time; the others do not wait for it.
const LOCK: &str = "\
-- audit_chain::link, lock
SELECT pg_try_advisory_xact_lock(x'6175646974'::bigint) AS locked";

// All records up to this id are linked, but for those that are never committed.
const LINKED_UP_TO: &str = "\
-- audit_chain::link, linked up to
SELECT up_to_id FROM audit_links WHERE linked_at < $1 ORDER BY linked_at DESC, position DESC LIMIT 1";

const UNLINKED: &str = select_records!(
    "audit_chain::link, records",
    "e.id > $1 AND NOT EXISTS (SELECT FROM audit_links k WHERE k.event_id = e.id)
ORDER BY e.id LIMIT $2"
);

async fn link(
    tx: &Transaction<'_>,
    authenticator: &dyn AuditAuthenticator,
    now: Timestamp,
) -> TxResult<Linked> {
    let is_locked: bool = tx.one(LOCK, &[]).await?.try_get("locked")?;
    // After the lock: another server may have linked records before it was free.
    let head = Head::read(tx).await?;
    if !is_locked {
        return Ok(Linked {
            records: 0,
            head: head.head,
            has_more: false,
        });
    }
    let earlier = before(now, LATEST_COMMIT);
    let from = match tx.row(LINKED_UP_TO, &[&earlier]).await? {
        Some(row) => row.read("up_to_id")?,
        None => 0_i64,
    };
    let found = tx.rows(UNLINKED, &[&from, &BATCH]).await?;
    let records = found
        .iter()
        .map(stored_record)
        .collect::<Result<Vec<_>, Unreadable>>()?;
    let last = insert(tx, head, &records, authenticator, now).await?;
    Ok(Linked {
        records: records.len(),
        head: last,
        has_more: i64::try_from(records.len()).is_ok_and(|count| count >= BATCH),
    })
}

/// The last link, and the greatest id that was linked.
#[derive(Clone, Copy)]
struct Head {
    head: AuditHead,
    up_to_id: i64,
}

impl Head {
    async fn read(tx: &Transaction<'_>) -> TxResult<Self> {
        const LAST: &str = "\
-- audit_chain::Head::read
SELECT position, mac, up_to_id FROM audit_links ORDER BY position DESC LIMIT 1";

        match tx.row(LAST, &[]).await? {
            Some(row) => Ok(Self {
                head: record::head(&row)?,
                up_to_id: row.read("up_to_id")?,
            }),
            None => Ok(Self {
                head: AuditHead::NONE,
                up_to_id: 0,
            }),
        }
    }
}

const INSERT: &str = "\
-- audit_chain::insert
INSERT INTO audit_links (position, event_id, up_to_id, key_id, mac, linked_at)
SELECT position, event_id, up_to_id, $4, mac, $6
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $5::bytea[]) AS link (position, event_id, up_to_id, mac)";

/// Inserts a link of each record, in this order, and returns the last.
async fn insert(
    tx: &Transaction<'_>,
    from: Head,
    records: &[StoredRecord],
    authenticator: &dyn AuditAuthenticator,
    now: Timestamp,
) -> TxResult<AuditHead> {
    let Head {
        mut head,
        mut up_to_id,
    } = from;
    let mut links: Vec<(AuditLink, i64)> = Vec::with_capacity(records.len());
    for record in records {
        let link = head.link(record, authenticator).ok_or_else(no_key)?;
        head = AuditHead::from(&link);
        up_to_id = up_to_id.max(record.number);
        links.push((link, up_to_id));
    }
    if !links.is_empty() {
        let of = |get: fn(&AuditLink) -> i64| links.iter().map(move |(link, _)| get(link));
        let positions: Vec<i64> = of(|link| link.position).collect();
        let numbers: Vec<i64> = of(|link| link.number).collect();
        let up_to: Vec<i64> = links.iter().map(|(_, up_to)| *up_to).collect();
        let codes = links.iter().map(|(link, _)| link.mac.as_bytes().as_slice());
        let codes: Vec<&[u8]> = codes.collect();
        let key = authenticator.active().as_str();
        let row: Parameters<'_> = &[&positions, &numbers, &up_to, &key, &codes, &now];
        tx.run(INSERT, row).await?;
    }
    Ok(head)
}

fn no_key() -> TxError<StoreError> {
    let error = StoreError::Failed("there is no key for the links of the audit trail".into());
    TxError::Abort(error)
}

impl std::fmt::Debug for PgAuditChain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PgAuditChain").finish_non_exhaustive()
    }
}
