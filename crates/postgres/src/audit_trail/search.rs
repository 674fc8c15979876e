//! Searching the audit trail, newest first.
//!
//! Each statement reads along one index that begins with what is searched by and goes on by time; what else is asked is a filter.
//! What has several ids, such as an order with its token, is read by each, and the newest of all are the page.

use std::cmp::Reverse;

use futures::FutureExt;
use udam_domain::StoreError;
use udam_domain::audit::{AuditQuery, AuditRecord};
use udam_domain::id::{AccountId, ListingId, OrderId};
use udam_domain::page::{Page, PageRequest};
use udam_domain::time::Timestamp;
use uuid::Uuid;

use super::{record, record_columns};
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::paging;
use crate::pool::PgPool;
use crate::transaction::{Parameters, Transaction, TxResult};

/// A statement that reads records. Its arguments are the path of its function, what is searched by, and the columns that its index
/// begins with.
///
/// $1 and $2 are the time and the number that the page lies before, $3 the begin of the period, $4 the number of rows, $5 the action
/// and $6 the account, each null for any, and $7 what is searched by: a list of one, in an order that only the index on it has, so
/// that the server never reads all of what is searched by, to sort it.
macro_rules! select_page {
    ($function:literal, $searched:literal, $leading:literal) => {
        concat!(
            "-- ",
            $function,
            "
SELECT ",
            record_columns!(),
            "
FROM audit_events e
WHERE (e.at, e.id) < ($1, $2) AND e.at >= $3
    AND ($5::text IS NULL OR e.action = $5)
    AND ($6::uuid IS NULL OR e.account_id = $6 OR e.subject_id = $6)
    AND ",
            $searched,
            "
ORDER BY ",
            $leading,
            "e.at DESC, e.id DESC LIMIT $4"
        )
    };
}

const ALL: &str = select_page!("audit_trail::search, all", "$7::uuid[] IS NULL", "");

const OF_ACTION: &str = select_page!(
    "audit_trail::search, by action",
    "e.action = ANY (ARRAY[$5]) AND $7::uuid[] IS NULL",
    "e.action, "
);

const BY_ACCOUNT: &str = select_page!(
    "audit_trail::search, by account",
    "e.account_id = ANY ($7)",
    "e.account_id, "
);

const BY_SUBJECT: &str = select_page!(
    "audit_trail::search, by subject",
    "e.subject_id = ANY ($7)",
    "e.subject_id, "
);

pub(super) async fn search(
    pool: &PgPool,
    query: &AuditQuery,
    page: PageRequest<i64>,
) -> Result<Page<AuditRecord, i64>, StoreError> {
    // In a transaction, for its plans by key.
    let mut found = pool.transaction(|tx| read(tx, query, page).boxed()).await?;
    found.sort_by_key(|record| Reverse((record.at, record.number)));
    // What an account has done about itself is read twice.
    found.dedup_by_key(|record| record.number);
    Ok(Page::from_surplus(
        found,
        page.limit,
        |record: &AuditRecord| record.number,
    ))
}

/// Reads a page of each part of what is searched.
async fn read(
    tx: &Transaction<'_>,
    query: &AuditQuery,
    page: PageRequest<i64>,
) -> TxResult<Vec<AuditRecord>> {
    let position = before(tx, page.after).await?;
    // The end of the period is a position as well: the one before all records of its time.
    let end = query.until.map(|until| (until, i64::MIN));
    let before = end.map_or(position, |end| position.min(end));
    let since = query.since.unwrap_or(Timestamp::UNIX_EPOCH);
    let limit = paging::limit_plus_one(page.limit);
    let action: Option<&str> = query.action.map(Into::into);
    let mut found = Vec::new();
    for part in parts(tx, query).await? {
        let searched = part.searched.as_ref().map(<[Uuid; 1]>::as_slice);
        let asked: Parameters<'_> = &[
            &before.0,
            &before.1,
            &since,
            &limit,
            &action,
            &part.account,
            &searched,
        ];
        let rows = tx.rows(part.statement, asked).await?;
        let records = rows.iter().map(record);
        found.extend(records.collect::<Result<Vec<_>, Unreadable>>()?);
    }
    Ok(found)
}

/// A statement of a search, with what is searched by, and the account that is looked for among what is found.
struct Part {
    statement: &'static str,
    searched: Option<[Uuid; 1]>,
    account: Option<Uuid>,
}

impl Part {
    const fn of(statement: &'static str, searched: Option<[Uuid; 1]>) -> Self {
        Self {
            statement,
            searched,
            account: None,
        }
    }
}

async fn parts(tx: &Transaction<'_>, query: &AuditQuery) -> TxResult<Vec<Part>> {
    let account = query.account.map(AccountId::uuid);
    let about = |id: Uuid| Part {
        account,
        ..Part::of(BY_SUBJECT, Some([id]))
    };
    Ok(match (query.order, query.listing) {
        // Nothing is about both.
        (Some(_), Some(_)) => Vec::new(),
        (Some(order), None) => {
            let parts = parts_of_order(tx, order).await?;
            parts.into_iter().map(about).collect()
        }
        (None, Some(listing)) => vec![about(ListingId::uuid(listing))],
        (None, None) => match (account, query.action) {
            (Some(account), _) => {
                let statements = [BY_ACCOUNT, BY_SUBJECT];
                let parts = statements.map(|statement| Part::of(statement, Some([account])));
                parts.into()
            }
            (None, Some(_)) => vec![Part::of(OF_ACTION, None)],
            (None, None) => vec![Part::of(ALL, None)],
        },
    })
}

const PARTS_OF_ORDER: &str = "\
-- audit_trail::parts_of_order
SELECT t.id AS token_id, o.charge_id
FROM orders o LEFT JOIN tokens t ON t.order_id = o.id WHERE o.id = $1";

/// The order, its token and its charge.
async fn parts_of_order(tx: &Transaction<'_>, order: OrderId) -> TxResult<Vec<Uuid>> {
    let mut parts = vec![order.uuid()];
    if let Some(row) = tx.row(PARTS_OF_ORDER, &[&order.uuid()]).await? {
        for part in ["token_id", "charge_id"] {
            parts.extend(row.read::<Option<Uuid>>(part)?);
        }
    }
    Ok(parts)
}

const TIME_OF: &str = "\
-- audit_trail::before
SELECT e.at FROM audit_events e WHERE e.id <= $1 ORDER BY e.id DESC LIMIT 1";

/// Time and number that the page lies before. If the record has been deleted meanwhile, the one before it stands for it.
async fn before(tx: &Transaction<'_>, after: Option<i64>) -> TxResult<(Timestamp, i64)> {
    let Some(number) = after else {
        return Ok((Timestamp::MAX, i64::MAX));
    };
    let row = tx.row(TIME_OF, &[&number]).await?;
    let at = row.map(|row| row.read("at")).transpose()?;
    Ok((at.unwrap_or(Timestamp::UNIX_EPOCH), number))
}
