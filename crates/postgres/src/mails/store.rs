use async_trait::async_trait;
use futures::FutureExt;
use tokio_postgres::Row;
use udam_domain::id::MailId;
use udam_domain::mail::{ClaimMail, ClaimedMail, Mail, MailOutcome};
use udam_domain::time::Timestamp;
use udam_domain::{MailStore, StoreError};

use super::content::{Resolved, Written, resolve};
use super::links;
use crate::columns::Columns;
use crate::pool::PgPool;
use crate::transaction::{Parameters, Transaction, TxError, TxResult};

/// Keeps mails in PostgreSQL until they are sent.
#[derive(Debug, Clone)]
pub struct PgMailStore {
    pool: PgPool,
}

impl PgMailStore {
    /// A store over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl MailStore for PgMailStore {
    async fn claim(&self, request: ClaimMail) -> Result<Option<ClaimedMail>, StoreError> {
        let claimed: Result<_, StoreError> = self
            .pool
            .transaction(|tx| claim(tx, &request).boxed())
            .await;
        claimed?
    }

    async fn record(
        &self,
        mail: MailId,
        attempt: u32,
        outcome: MailOutcome,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let client = self.pool.client().await?;
        let (due_at, ended) = match outcome {
            MailOutcome::PutOff(until) => (Some(until), None),
            MailOutcome::Sent => (None, Some("sent")),
            MailOutcome::NotNeeded => (None, Some("not_needed")),
            MailOutcome::GivenUp => (None, Some("given_up")),
        };
        let attempt = i32::try_from(attempt).unwrap_or(i32::MAX);
        let ended_at = ended.map(|_| at);
        let row: Parameters<'_> = &[&mail.uuid(), &attempt, &due_at, &ended_at, &ended];
        client.run(RECORD, row).await.map(drop)
    }

    async fn forget(&self, before: Timestamp) -> Result<(), StoreError> {
        self.pool.transaction(|tx| forget(tx, before).boxed()).await
    }
}

// A claim is no more than that the mail is due later. Others skip the one that is being claimed.
const CLAIM: &str = "\
-- mails::store::claim
UPDATE mails SET attempts = attempts + 1, due_at = $2
WHERE id = (
    SELECT id FROM mails WHERE due_at <= $1 ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id, kind, subject, account_id, email, facts::text AS facts, written_at, attempts";

/// A mail that cannot be read is an error, and claimed all the same: it must not keep others waiting. A newer version may have
/// written it, and sends it.
async fn claim(
    tx: &Transaction<'_>,
    request: &ClaimMail,
) -> TxResult<Result<Option<ClaimedMail>, StoreError>> {
    let Some(row) = tx.row(CLAIM, &[&request.at, &request.until]).await? else {
        return Ok(Ok(None));
    };
    match read(tx, request, &row).await {
        Ok(claimed) => Ok(Ok(Some(claimed))),
        Err(TxError::Abort(error)) => Ok(Err(error)),
        Err(error) => Err(error),
    }
}

async fn read(tx: &Transaction<'_>, request: &ClaimMail, row: &Row) -> TxResult<ClaimedMail> {
    let written = Written::read(row)?;
    let Resolved {
        to,
        account,
        mail,
        owner,
    } = resolve(tx, &written).await?;
    if let Some(purpose) = mail.as_ref().and_then(Mail::link) {
        links::insert(tx, purpose, owner, &to.email, &request.link, request.at).await?;
    }
    Ok(ClaimedMail {
        id: row.read("id")?,
        to,
        account,
        mail,
        attempts: row.read("attempts")?,
        written_at: row.read("written_at")?,
    })
}

const RECORD: &str = "\
-- PgMailStore::record
UPDATE mails SET due_at = $3, ended_at = $4, outcome = $5
WHERE id = $1 AND attempts = $2 AND ended_at IS NULL";

// Some at a time, so that no statement takes long.
const FORGET: [&str; 3] = [
    "\
-- mails::store::forget, mails
DELETE FROM mails WHERE id IN (
    SELECT id FROM mails WHERE ended_at < $1 ORDER BY ended_at LIMIT 1000
    FOR UPDATE SKIP LOCKED
)",
    "\
-- mails::store::forget, links
DELETE FROM mail_links WHERE digest IN (
    SELECT digest FROM mail_links WHERE expires_at < $1 ORDER BY expires_at LIMIT 1000
    FOR UPDATE SKIP LOCKED
)",
    "\
-- mails::store::forget, registrations
DELETE FROM registrations WHERE id IN (
    SELECT id FROM registrations WHERE created_at < $1 ORDER BY created_at LIMIT 1000
    FOR UPDATE SKIP LOCKED
)",
];

async fn forget(tx: &Transaction<'_>, cutoff: Timestamp) -> TxResult<()> {
    for statement in FORGET {
        tx.run(statement, &[&cutoff]).await?;
    }
    Ok(())
}
