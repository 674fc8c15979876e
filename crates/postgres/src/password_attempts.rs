//! Attempts at passwords, counted by the digest of the address that is tried and the source of the attempt.

mod audited;

use async_trait::async_trait;
use futures::FutureExt;
use tokio_postgres::Row;
use udam_domain::account::{
    AttemptKind, AttemptOutcome, AttemptSource, Email, FailedAttempts, TooManyAttempts,
};
use udam_domain::audit::AuditAction;
use udam_domain::time::Timestamp;
use udam_domain::{
    AdmitAttemptError, AdmittedAttempt, AttemptBy, PasswordAttempt, PasswordAttemptStore,
    StoreError,
};

use crate::columns::Columns;
use crate::concurrency_limit::ConcurrencyLimit;
use crate::error::Unreadable;
use crate::login_places;
use crate::pool::PgPool;
use crate::transaction::{Parameters, Transaction, TxResult};

/// Counts attempts at passwords in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgPasswordAttemptStore {
    pool: PgPool,
    calls: ConcurrencyLimit,
}

/// Largest number of concurrent calls: those about one account wait for each other, with a connection.
const MAX_CALLS: usize = 4;

impl PgPasswordAttemptStore {
    /// A store over `pool`.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        Self {
            pool,
            calls: ConcurrencyLimit::new(MAX_CALLS),
        }
    }
}

#[async_trait]
impl PasswordAttemptStore for PgPasswordAttemptStore {
    async fn admit(&self, attempt: PasswordAttempt) -> Result<AdmittedAttempt, AdmitAttemptError> {
        let _permit = self.calls.acquire().await?;
        let admitted: Result<_, StoreError> = self
            .pool
            .transaction(|tx| admit(tx, &attempt).boxed())
            .await;
        Ok(admitted??)
    }

    async fn settle(
        &self,
        attempt: AdmittedAttempt,
        outcome: AttemptOutcome,
    ) -> Result<(), StoreError> {
        let _permit = self.calls.acquire().await?;
        self.pool
            .transaction(|tx| settle(tx, &attempt, outcome).boxed())
            .await
    }
}

/// A refusal is a result, so that it is audited: an error would undo that.
async fn admit(
    tx: &Transaction<'_>,
    attempt: &PasswordAttempt,
) -> TxResult<Result<AdmittedAttempt, TooManyAttempts>> {
    let PasswordAttempt {
        email, address, at, ..
    } = attempt;
    let source = match &attempt.by {
        AttemptBy::Visitor(places) => {
            let known = login_places::known(tx, email, places).await?;
            AttemptSource::of_client(places, &known)
        }
        AttemptBy::Session(session) => AttemptSource::Session(*session),
    };
    let key = Key::new(attempt.kind, email, source);
    if let Some(refused) = repeated_refusal(tx, &key, *at).await? {
        return Ok(Err(refused));
    }
    let found = lock(tx, &key, *at).await?;
    let counted = match FailedAttempts::admit(found, &attempt.kind.limits(), *at) {
        Ok(counted) => counted,
        Err(refused) => {
            if is_first_refusal(tx, &key).await? {
                let action = match attempt.kind {
                    AttemptKind::Password => AuditAction::LogInRefused,
                    AttemptKind::SecondFactor => AuditAction::SecondFactorRefused,
                };
                audited::record(tx, action, email, *address, *at).await?;
            }
            return Ok(Err(refused));
        }
    };
    write(tx, &key, counted).await?;
    delete_forgotten(tx, *at).await?;
    Ok(Ok(AdmittedAttempt {
        kind: attempt.kind,
        email: email.clone(),
        source,
        address: *address,
        at: *at,
    }))
}

async fn settle(
    tx: &Transaction<'_>,
    attempt: &AdmittedAttempt,
    outcome: AttemptOutcome,
) -> TxResult<()> {
    let key = Key::new(attempt.kind, &attempt.email, attempt.source);
    let found = lock(tx, &key, attempt.at).await?;
    match found.and_then(|found| found.settle(attempt.source, outcome)) {
        Some(left) => write(tx, &key, left).await?,
        None => delete(tx, &key).await?,
    }
    if outcome == AttemptOutcome::Wrong {
        let AdmittedAttempt {
            email, address, at, ..
        } = attempt;
        let action = match attempt.kind {
            AttemptKind::Password => AuditAction::LogInFailed,
            AttemptKind::SecondFactor => AuditAction::SecondFactorFailed,
        };
        audited::record(tx, action, email, *address, *at).await?;
    }
    Ok(())
}

const REFUSED: &str = "\
-- password_attempts::repeated_refusal
SELECT count, last_at FROM login_failures
WHERE email_digest = sha256(convert_to($1, 'UTF8')) AND source = $2 AND refusal_audited";

/// Refuses what comes too early without waiting for others and without writing, once one such attempt is
/// audited: it may come in any number.
async fn repeated_refusal(
    tx: &Transaction<'_>,
    key: &Key,
    at: Timestamp,
) -> TxResult<Option<TooManyAttempts>> {
    let Some(row) = tx.row(REFUSED, &[&key.email, &key.source]).await? else {
        return Ok(None);
    };
    let found = failed_attempts(&row)?;
    Ok(FailedAttempts::admit(Some(found), &key.kind.limits(), at).err())
}

/// Key of a row: the address that is tried, and the source of the attempts.
struct Key {
    kind: AttemptKind,
    /// The address; for other kinds than passwords after a word that no address begins with.
    email: String,
    source: String,
}

impl Key {
    fn new(kind: AttemptKind, email: &Email, source: AttemptSource) -> Self {
        let email = match kind {
            AttemptKind::Password => email.to_string(),
            AttemptKind::SecondFactor => format!("second factor of {email}"),
        };
        let source = match source {
            AttemptSource::Strangers => "strangers".to_owned(),
            AttemptSource::Place(place) => login_places::text(&place),
            AttemptSource::Session(session) => format!("session:{}", session.uuid()),
        };
        Self {
            kind,
            email,
            source,
        }
    }
}

// Locks the row, and inserts it first if there is none: of attempts at once, one waits for the other in any
// case. What is returned is the row as it is under the lock.
const LOCK: &str = "\
-- password_attempts::lock
INSERT INTO login_failures AS f (email_digest, source, count, last_at, forgotten_at)
VALUES (sha256(convert_to($1, 'UTF8')), $2, 0, $3, $3)
ON CONFLICT (email_digest, source) DO UPDATE SET count = f.count
RETURNING f.count, f.last_at";

async fn lock(tx: &Transaction<'_>, key: &Key, at: Timestamp) -> TxResult<Option<FailedAttempts>> {
    let row = tx.one(LOCK, &[&key.email, &key.source, &at]).await?;
    let found = failed_attempts(&row)?;
    Ok((found.count > 0).then_some(found))
}

fn failed_attempts(row: &Row) -> Result<FailedAttempts, Unreadable> {
    let count: u64 = row.read("count")?;
    Ok(FailedAttempts {
        count: u32::try_from(count).unwrap_or(u32::MAX),
        last_at: row.read("last_at")?,
    })
}

const WRITE: &str = "\
-- password_attempts::write
UPDATE login_failures SET count = $3, last_at = $4, forgotten_at = $5, refusal_audited = false
WHERE email_digest = sha256(convert_to($1, 'UTF8')) AND source = $2";

async fn write(tx: &Transaction<'_>, key: &Key, attempts: FailedAttempts) -> TxResult<()> {
    let FailedAttempts { count, last_at } = attempts;
    let forgotten_at = attempts.forgotten_at(&key.kind.limits());
    let row: Parameters<'_> = &[
        &key.email,
        &key.source,
        &i64::from(count),
        &last_at,
        &forgotten_at,
    ];
    tx.run(WRITE, row).await?;
    Ok(())
}

const AUDIT_REFUSAL: &str = "\
-- password_attempts::is_first_refusal
UPDATE login_failures SET refusal_audited = true
WHERE email_digest = sha256(convert_to($1, 'UTF8')) AND source = $2 AND NOT refusal_audited";

/// Whether no attempt was refused since the last that was admitted.
async fn is_first_refusal(tx: &Transaction<'_>, key: &Key) -> TxResult<bool> {
    let changed = tx.run(AUDIT_REFUSAL, &[&key.email, &key.source]).await?;
    Ok(changed > 0)
}

const DELETE: &str = "\
-- password_attempts::delete
DELETE FROM login_failures WHERE email_digest = sha256(convert_to($1, 'UTF8')) AND source = $2";

async fn delete(tx: &Transaction<'_>, key: &Key) -> TxResult<()> {
    tx.run(DELETE, &[&key.email, &key.source]).await?;
    Ok(())
}

// More rows than an attempt can add, so that the table holds no more than the attempts of a day. Rows that
// another attempt locks are left to the next.
const DELETE_FORGOTTEN: &str = "\
-- password_attempts::delete_forgotten
DELETE FROM login_failures WHERE (email_digest, source) IN (
    SELECT email_digest, source FROM login_failures
    WHERE forgotten_at <= $1 ORDER BY forgotten_at LIMIT 10 FOR UPDATE SKIP LOCKED
)";

async fn delete_forgotten(tx: &Transaction<'_>, now: Timestamp) -> TxResult<()> {
    tx.run(DELETE_FORGOTTEN, &[&now]).await?;
    Ok(())
}
