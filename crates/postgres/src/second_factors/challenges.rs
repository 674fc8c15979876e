use async_trait::async_trait;
use futures::FutureExt;
use udam_domain::account::{ChallengeDigest, Challenged, FinishLogIn, NewChallenge, PasswordHash};
use udam_domain::audit::Actor;
use udam_domain::id::{AccountId, SecondFactorId};
use udam_domain::time::Timestamp;
use udam_domain::{LogInChallengeStore, StoreError};

use super::{proof, stored_factor};
use crate::account_row::account;
use crate::columns::Columns;
use crate::pool::PgPool;
use crate::sessions;
use crate::transaction::{Parameters, Transaction, TxResult};

/// Keeps logins that wait for a second factor in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgLogInChallengeStore {
    pool: PgPool,
}

impl PgLogInChallengeStore {
    /// A store over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl LogInChallengeStore for PgLogInChallengeStore {
    async fn open(&self, challenge: NewChallenge) -> Result<(), StoreError> {
        self.pool
            .transaction(|tx| open(tx, &challenge).boxed())
            .await
    }

    async fn find(
        &self,
        digest: ChallengeDigest,
        now: Timestamp,
    ) -> Result<Option<Challenged>, StoreError> {
        let client = self.pool.client().await?;
        let digest = digest.as_bytes().as_slice();
        let Some(row) = client.row(FIND, &[&digest, &now]).await? else {
            return Ok(None);
        };
        Ok(Some(Challenged {
            account: account(&row)?,
            factor: stored_factor(&row)?,
        }))
    }

    async fn finish(&self, finish: FinishLogIn) -> Result<bool, StoreError> {
        self.pool
            .transaction(|tx| self::finish(tx, &finish).boxed())
            .await
    }
}

const FIND: &str = "\
-- PgLogInChallengeStore::find
SELECT a.id AS account_id, a.email, a.name, t.id, t.sealed_key, t.master_key_id, t.last_step
FROM log_in_challenges c
JOIN accounts a ON a.id = c.account_id
JOIN totp_secrets t ON t.id = a.totp_id
WHERE c.digest = $1 AND c.expires_at > $2 AND a.suspended_at IS NULL
    AND c.password_digest = sha256(convert_to(coalesce(a.password_hash, ''), 'UTF8'))";

async fn open(tx: &Transaction<'_>, challenge: &NewChallenge) -> TxResult<()> {
    // Expired ones are deleted nowhere else: an account has no more rows than it logs in within minutes.
    const DELETE_EXPIRED: &str = "\
-- challenges::open, expired
DELETE FROM log_in_challenges WHERE account_id = $1 AND expires_at <= $2";
    const OPEN: &str = "\
-- challenges::open
INSERT INTO log_in_challenges (digest, account_id, password_digest, expires_at)
VALUES ($1, $2, sha256(convert_to($3, 'UTF8')), $4)";

    let account = challenge.account.uuid();
    tx.run(DELETE_EXPIRED, &[&account, &challenge.at]).await?;
    let verified = challenge.verified.as_ref().map_or("", PasswordHash::as_phc);
    let row: Parameters<'_> = &[
        &challenge.digest.as_bytes().as_slice(),
        &account,
        &verified,
        &challenge.expires_at(),
    ];
    tx.run(OPEN, row).await?;
    Ok(())
}

async fn finish(tx: &Transaction<'_>, finish: &FinishLogIn) -> TxResult<bool> {
    // Locked until the session is inserted, as when a password alone opens one. What the lock protects is read afterwards.
    const LOCK: &str = "\
-- challenges::finish, account
SELECT id FROM accounts WHERE id = $1 AND suspended_at IS NULL FOR NO KEY UPDATE";
    const FIND_AGAIN: &str = "\
-- challenges::finish, challenge
SELECT a.totp_id FROM log_in_challenges c JOIN accounts a ON a.id = c.account_id
WHERE c.digest = $1 AND c.account_id = $2 AND c.expires_at > $3
    AND c.password_digest = sha256(convert_to(coalesce(a.password_hash, ''), 'UTF8'))
FOR UPDATE OF c";
    const USE: &str = "\
-- challenges::finish, use
DELETE FROM log_in_challenges WHERE digest = $1";

    let session = &finish.session.session;
    let (account, at): (AccountId, _) = (session.account_id, session.created_at);
    if tx.row(LOCK, &[&account.uuid()]).await?.is_none() {
        return Ok(false);
    }
    let digest = finish.digest.as_bytes().as_slice();
    let asked: Parameters<'_> = &[&digest, &account.uuid(), &at];
    let Some(row) = tx.row(FIND_AGAIN, asked).await? else {
        return Ok(false);
    };
    let active: Option<SecondFactorId> = row.read("totp_id")?;
    let actor = Actor {
        account_id: account,
        address: session.origin.address,
    };
    if !proof::use_up(tx, &actor, active, &finish.used, at).await? {
        return Ok(false);
    }
    tx.run(USE, &[&digest]).await?;
    sessions::delete_expired(tx, session).await?;
    sessions::insert(tx, &finish.session).await?;
    Ok(true)
}
