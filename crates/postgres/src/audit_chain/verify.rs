use std::fmt;

use futures::FutureExt;
use tokio_postgres::Row;
use udam_domain::audit::{AuditHead, AuditLink, ChainDefect, ChainWalk, StoredRecord};
use udam_domain::time::{Timestamp, before};
use udam_domain::{AuditAuthenticator, StoreError};

use super::LATEST_COMMIT;
use super::record::{head, stored_record};
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::pool::PgPool;
use crate::transaction::{Transaction, TxError, TxResult};

/// Most links that are read at once.
const PAGE: i64 = 5_000;

/// Result of a walk along the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// Defects, in the order of the chain.
    pub findings: Vec<ChainFinding>,
    /// Last link.
    pub head: AuditHead,
}

/// A defect of the audit trail, with the record that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainFinding {
    /// A link, or the record that it links.
    Link {
        /// Number of the record.
        number: i64,
        /// The defect.
        defect: ChainDefect,
    },
    /// Records that were not linked though they are old enough.
    Unlinked {
        /// Number of records.
        records: i64,
        /// Number of the first.
        first: i64,
        /// Number of the last.
        last: i64,
    },
    /// The chain does not have an earlier head: its end was cut off, or it was made anew.
    HeadMissing(AuditHead),
}

impl fmt::Display for ChainFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link {
                defect: defect @ ChainDefect::LinksMissing { .. },
                ..
            } => write!(f, "audit trail: {defect}"),
            Self::Link { number, defect } => write!(f, "audit record {number}: {defect}"),
            Self::Unlinked {
                records,
                first,
                last,
            } => write!(
                f,
                "audit records {first} to {last}: {records} of them are not linked, which a server does \
                 within a sweep"
            ),
            Self::HeadMissing(head) => write!(
                f,
                "audit trail: it does not have the head {head}: its end was cut off, or it was made anew"
            ),
        }
    }
}

/// The last link of the chain.
///
/// # Errors
/// [`StoreError`]
pub async fn audit_head(pool: &PgPool) -> Result<AuditHead, StoreError> {
    const LAST: &str = "\
-- audit_chain::verify::audit_head
SELECT position, mac FROM audit_links ORDER BY position DESC LIMIT 1";

    let client = pool.client().await?;
    let found = client.row(LAST, &[]).await?;
    Ok(match found {
        Some(row) => head(&row)?,
        None => AuditHead::NONE,
    })
}

/// Walks the chain from its beginning to its end, as of one instant. Without an authenticator, only its form is checked.
/// `earlier` is a head that it must have.
///
/// # Errors
/// [`StoreError`]
pub async fn verify_chain(
    pool: &PgPool,
    authenticator: Option<&dyn AuditAuthenticator>,
    earlier: Option<AuditHead>,
    now: Timestamp,
) -> Result<ChainReport, StoreError> {
    pool.transaction(|tx| {
        async move {
            // One snapshot, without a timeout: it reads the whole trail.
            tx.batch_execute(
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
                SET LOCAL statement_timeout = 0",
            )
            .await?;
            let mut report = walk(tx, authenticator, earlier).await?;
            report.findings.extend(unlinked(tx, now).await?);
            Ok::<_, TxError<StoreError>>(report)
        }
        .boxed()
    })
    .await
}

const LINKS: &str = "\
-- audit_chain::verify::walk
SELECT
    k.position, k.event_id, k.key_id, k.mac, e.id, e.at, e.action, e.account_id, e.address, e.subject_id,
    e.reason, e.before, e.after
FROM audit_links k LEFT JOIN audit_events e ON e.id = k.event_id
WHERE k.position > $1 ORDER BY k.position LIMIT $2";

async fn walk(
    tx: &Transaction<'_>,
    authenticator: Option<&dyn AuditAuthenticator>,
    earlier: Option<AuditHead>,
) -> TxResult<ChainReport> {
    let mut walk = ChainWalk::default();
    let mut findings = Vec::new();
    let mut missing = earlier.filter(|head| *head != AuditHead::NONE);
    loop {
        let page = tx.rows(LINKS, &[&walk.head().position, &PAGE]).await?;
        for row in &page {
            let link = link(row)?;
            let record = record(row)?;
            let defects = walk.step(&link, record.as_ref(), authenticator);
            findings.extend(defects.into_iter().map(|defect| ChainFinding::Link {
                number: link.number,
                defect,
            }));
            missing = missing.filter(|head| *head != AuditHead::from(&link));
        }
        if i64::try_from(page.len()).is_ok_and(|count| count < PAGE) {
            break;
        }
    }
    findings.extend(missing.map(ChainFinding::HeadMissing));
    Ok(ChainReport {
        findings,
        head: walk.head(),
    })
}

fn link(row: &Row) -> Result<AuditLink, Unreadable> {
    Ok(AuditLink {
        position: row.read("position")?,
        number: row.read("event_id")?,
        key_id: row.read("key_id")?,
        mac: row.read("mac")?,
    })
}

fn record(row: &Row) -> Result<Option<StoredRecord>, Unreadable> {
    let number: Option<i64> = row.read("id")?;
    number.map(|_| stored_record(row)).transpose()
}

const UNLINKED: &str = "\
-- audit_chain::verify::unlinked
SELECT count(*) AS records, min(e.id) AS first, max(e.id) AS last
FROM audit_events e LEFT JOIN audit_links k ON k.event_id = e.id
WHERE k.event_id IS NULL AND e.at < $1";

/// Finds records that are older than any that may still be linked.
async fn unlinked(tx: &Transaction<'_>, now: Timestamp) -> TxResult<Option<ChainFinding>> {
    tx.plan_freely().await?;
    let row = tx.one(UNLINKED, &[&before(now, LATEST_COMMIT)]).await?;
    let (first, last): (Option<i64>, Option<i64>) = (row.read("first")?, row.read("last")?);
    let records = row.read("records")?;
    let range = first.zip(last);
    Ok(range.map(|(first, last)| ChainFinding::Unlinked {
        records,
        first,
        last,
    }))
}
