//! Rows of links. Each statement changes what it needs to at once, so that of several uses one succeeds.

use tokio_postgres::Error;
use udam_domain::account::Email;
use udam_domain::mail::{LinkDigest, LinkPurpose, MailLink, NewLink};
use udam_domain::time::Timestamp;
use udam_domain::{StoreError, UseLink, UseLinkError};
use uuid::Uuid;

use crate::columns::{Columns, stored_as_text};
use crate::pool::PgPool;
use crate::transaction::{Parameters, Transaction, TxError, TxResult};

stored_as_text!(LinkPurpose);

/// A link that was used by this transaction.
pub(super) struct UsedLink {
    pub(super) purpose: LinkPurpose,
    /// The account, or the registration.
    pub(super) owner: Uuid,
    /// Address that it was sent to.
    pub(super) email: Email,
}

const INSERT: &str = "\
-- mails::links::insert
INSERT INTO mail_links (digest, purpose, owner_id, email, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)";

pub(super) async fn insert(
    tx: &Transaction<'_>,
    purpose: LinkPurpose,
    owner: Uuid,
    email: &Email,
    link: &NewLink,
    at: Timestamp,
) -> Result<(), Error> {
    let purpose: &str = purpose.into();
    let digest = link.digest.as_bytes().as_slice();
    let row: Parameters<'_> = &[
        &digest,
        &purpose,
        &owner,
        &email.as_str(),
        &at,
        &link.expires_at,
    ];
    tx.run(INSERT, row).await.map(drop)
}

const FIND: &str = "\
-- mails::links::find
SELECT purpose, email FROM mail_links
WHERE digest = $1 AND used_at IS NULL AND expires_at > $2";

pub(super) async fn find(
    pool: &PgPool,
    digest: LinkDigest,
    now: Timestamp,
) -> Result<Option<MailLink>, StoreError> {
    let client = pool.client().await?;
    let digest = digest.as_bytes().as_slice();
    let Some(row) = client.row(FIND, &[&digest, &now]).await? else {
        return Ok(None);
    };
    Ok(Some(MailLink {
        purpose: row.read("purpose")?,
        email: row.read("email")?,
    }))
}

const USE: &str = "\
-- mails::links::take
UPDATE mail_links SET used_at = $2
WHERE digest = $1 AND used_at IS NULL AND expires_at > $2
RETURNING purpose, owner_id, email";

// Another link of the same purpose may be in use at the same time: the two then wait for each other, and one runs again and finds
// its link spent.
const SPEND_OTHERS: &str = "\
-- mails::links::take, others
UPDATE mail_links SET used_at = $3 WHERE owner_id = $1 AND purpose = $2 AND used_at IS NULL";

/// Uses a link for one of the purposes that `suits` names, and spends all others of the same.
pub(super) async fn take(
    tx: &Transaction<'_>,
    link: &UseLink,
    suits: impl Fn(LinkPurpose) -> bool,
) -> TxResult<UsedLink, UseLinkError> {
    let digest = link.digest.as_bytes().as_slice();
    let row = tx.row(USE, &[&digest, &link.at]).await?;
    let row = row.ok_or(TxError::Abort(UseLinkError::Spent))?;
    let used = UsedLink {
        purpose: row.read("purpose")?,
        owner: row.read("owner_id")?,
        email: row.read("email")?,
    };
    if !suits(used.purpose) {
        return Err(TxError::Abort(UseLinkError::Spent));
    }
    spend(tx, used.owner, used.purpose, link.at).await?;
    Ok(used)
}

/// Spends all links of one owner and purpose.
pub(super) async fn spend(
    tx: &Transaction<'_>,
    owner: Uuid,
    purpose: LinkPurpose,
    at: Timestamp,
) -> Result<(), Error> {
    let purpose: &str = purpose.into();
    tx.run(SPEND_OTHERS, &[&owner, &purpose, &at])
        .await
        .map(drop)
}
