use tokio_postgres::Row;
use udam_domain::StoreError;
use udam_domain::account::AccountRecord;
use udam_domain::complaint::Complaint;
use udam_domain::id::AccountId;
use udam_domain::page::{Page, PageRequest};
use udam_domain::time::Timestamp;

use crate::account_row::account;
use crate::columns::Columns;
use crate::complaints::complaint;
use crate::error::Unreadable;
use crate::paging;
use crate::pool::PgPool;
use crate::transaction::{Parameters, Transaction, TxResult};

const ACCOUNT: &str = "\
-- personal_data::record::record, account
SELECT
    a.id AS account_id, a.email, a.name, a.created_at, a.email_verified_at, a.suspended_at, r.role,
    (SELECT t.created_at FROM totp_secrets t WHERE t.id = a.totp_id) AS second_factor_since
FROM accounts a LEFT JOIN account_roles r ON r.account_id = a.id
WHERE a.id = $1 AND a.deleted_at IS NULL";

const PLACES: &str = "\
-- personal_data::record::record, places
SELECT place AS name, last_at AS at FROM login_places WHERE account_id = $1 ORDER BY place LIMIT 1000";

const MAILS: &str = "\
-- personal_data::record::record, mails
SELECT kind AS name, written_at AS at FROM mails WHERE account_id = $1 OR email = $2
ORDER BY written_at DESC, id LIMIT 1000";

/// Reads an account and what is stored beside it; `None` if there is none, or it was deleted.
pub(super) async fn record(tx: &Transaction<'_>, id: AccountId) -> TxResult<Option<AccountRecord>> {
    let Some(row) = tx.row(ACCOUNT, &[&id.uuid()]).await? else {
        return Ok(None);
    };
    let account = account(&row)?;
    let places = tx.rows(PLACES, &[&id.uuid()]).await?;
    let email = account.email.as_str();
    let mails = tx.rows(MAILS, &[&id.uuid(), &email]).await?;
    Ok(Some(AccountRecord {
        registered_at: row.read("created_at")?,
        email_verified_at: row.read("email_verified_at")?,
        suspended_at: row.read("suspended_at")?,
        role: row.read("role")?,
        second_factor_since: row.read("second_factor_since")?,
        places: dated(&places)?,
        mails: dated(&mails)?,
        account,
    }))
}

fn dated(rows: &[Row]) -> Result<Vec<(String, Timestamp)>, Unreadable> {
    let rows = rows.iter();
    rows.map(|row| Ok((row.read("name")?, row.read("at")?)))
        .collect()
}

const COMPLAINTS: &str = "\
-- personal_data::record::complaints
SELECT c.id, c.order_id, c.reason, c.created_at, a.resolved_at
FROM complaints c JOIN alerts a ON a.number = c.alert
WHERE c.buyer_id = $1 AND c.id < $2 ORDER BY c.id DESC LIMIT $3";

/// A page of the complaints of a buyer.
pub(super) async fn complaints(
    pool: &PgPool,
    buyer: AccountId,
    page: PageRequest<i64>,
) -> Result<Page<Complaint, i64>, StoreError> {
    let before = page.after.unwrap_or(i64::MAX);
    let limit = paging::limit_plus_one(page.limit);
    let client = pool.client().await?;
    let parameters: Parameters<'_> = &[&buyer.uuid(), &before, &limit];
    let rows = client.rows(COMPLAINTS, parameters).await?;
    let found = rows.iter().map(|row| -> Result<_, Unreadable> {
        let number: i64 = row.read("id")?;
        Ok((number, complaint(row)?))
    });
    let found: Vec<(i64, Complaint)> = found.collect::<Result<_, _>>()?;
    let page = Page::from_surplus(found, page.limit, |(number, _)| *number);
    Ok(Page {
        items: page.items.into_iter().map(|(_, found)| found).collect(),
        next: page.next,
    })
}
