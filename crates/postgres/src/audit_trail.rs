//! Reading the audit trail.

mod search;

use async_trait::async_trait;
use tokio_postgres::Row;
use udam_domain::audit::{AuditAction, AuditQuery, AuditRecord};
use udam_domain::id::{AccountId, ListingId, OrderId};
use udam_domain::page::{Page, PageRequest};
use udam_domain::{AuditReader, StoreError};
use uuid::Uuid;

use crate::columns::{Columns, stored_as_text};
use crate::error::Unreadable;
use crate::paging;
use crate::pool::PgPool;
use crate::transaction::Parameters;

stored_as_text!(AuditAction);

/// The columns of a record `e` that [`record`] reads. Addresses are kept apart, but for those of older records.
macro_rules! record_columns {
    () => {
        "e.id, e.at, e.action, e.account_id, e.subject_id, e.reason, e.before, e.after,
    coalesce(e.address, (SELECT a.address FROM addresses_of_actions a WHERE a.event_id = e.id)) AS address"
    };
}
use record_columns;

/// Reads the audit trail from PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgAuditTrail {
    pool: PgPool,
}

// Read in the order of their numbers, of which a page begins after the last one of the page before.
const PAGE: &str = concat!(
    "\
-- PgAuditTrail::page
SELECT ",
    record_columns!(),
    "
FROM audit_events e
WHERE id > $1
    AND ($2::timestamptz IS NULL OR at >= $2)
    AND ($3::timestamptz IS NULL OR at < $3)
    AND ($4::uuid IS NULL OR account_id = $4 OR subject_id = $4)
    AND (
        $5::uuid IS NULL OR subject_id = $5
        OR subject_id = (SELECT t.id FROM tokens t WHERE t.order_id = $5)
        OR subject_id = (SELECT o.charge_id FROM orders o WHERE o.id = $5)
    )
    AND ($6::uuid IS NULL OR subject_id = $6)
    AND ($7::text IS NULL OR action = $7)
ORDER BY id LIMIT $8"
);

impl PgAuditTrail {
    /// Largest number of records of a page.
    pub const PAGE_SIZE: usize = 1_000;

    /// A reader over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Returns the next records that match, the oldest first, after the one with this number. Fewer than
    /// [`PAGE_SIZE`](Self::PAGE_SIZE) are the last.
    ///
    /// # Errors
    /// [`StoreError`]; `Failed` if a newer version has recorded an action that this one does not know.
    pub async fn page(
        &self,
        query: &AuditQuery,
        after: Option<i64>,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        let client = self.pool.client().await?;
        let size = i64::try_from(Self::PAGE_SIZE).unwrap_or(i64::MAX);
        let action: Option<&str> = query.action.map(Into::into);
        let asked: Parameters<'_> = &[
            &after.unwrap_or(i64::MIN),
            &query.since,
            &query.until,
            &query.account.map(AccountId::uuid),
            &query.order.map(OrderId::uuid),
            &query.listing.map(ListingId::uuid),
            &action,
            &size,
        ];
        let found = client.rows(PAGE, asked).await?;
        let records = found
            .iter()
            .map(record)
            .collect::<Result<_, Unreadable>>()?;
        Ok(records)
    }
}

#[async_trait]
impl AuditReader for PgAuditTrail {
    async fn of_account(
        &self,
        account: AccountId,
        page: PageRequest<i64>,
    ) -> Result<Page<AuditRecord, i64>, StoreError> {
        // Each part along its own index, from where the page begins.
        const OF_ACCOUNT: &str = concat!(
            "\
-- PgAuditTrail::of_account
SELECT ",
            record_columns!(),
            "
FROM (
    (SELECT * FROM audit_events WHERE account_id = $1 AND id < $2 ORDER BY account_id, id DESC LIMIT $3)
    UNION
    (SELECT * FROM audit_events WHERE subject_id = $1 AND id < $2 ORDER BY subject_id, id DESC LIMIT $3)
) AS e
ORDER BY id DESC LIMIT $3"
        );

        let before = page.after.unwrap_or(i64::MAX);
        let limit = paging::limit_plus_one(page.limit);
        let client = self.pool.client().await?;
        let asked: Parameters<'_> = &[&account.uuid(), &before, &limit];
        let found = client.rows(OF_ACCOUNT, asked).await?;
        let records = found.iter().map(record).collect::<Result<_, _>>()?;
        Ok(Page::from_surplus(
            records,
            page.limit,
            |record: &AuditRecord| record.number,
        ))
    }

    async fn search(
        &self,
        query: AuditQuery,
        page: PageRequest<i64>,
    ) -> Result<Page<AuditRecord, i64>, StoreError> {
        search::search(&self.pool, &query, page).await
    }
}

fn record(row: &Row) -> Result<AuditRecord, Unreadable> {
    Ok(AuditRecord {
        number: row.read("id")?,
        at: row.read("at")?,
        action: row.read("action")?,
        account_id: row.read("account_id")?,
        address: row.read("address")?,
        subject: row.read::<Option<Uuid>>("subject_id")?,
        reason: row.read("reason")?,
        before: row.read("before")?,
        after: row.read("after")?,
    })
}
