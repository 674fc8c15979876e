//! Keys by which programs act for accounts, found by the digest of their secret.

use async_trait::async_trait;
use futures::FutureExt;
use tokio_postgres::Row;
use udam_domain::account::{
    AccountKeyDigest, AccountKeyInfo, AccountKeyName, KeyHolder, NewAccountKey, RevokeAccountKey,
    Scope, Scopes,
};
use udam_domain::audit::AuditAction;
use udam_domain::id::AccountId;
use udam_domain::time::Timestamp;
use udam_domain::{AccountKeyStore, MakeAccountKeyError, StoreError};

use crate::account_row::account;
use crate::audit;
use crate::columns::{Columns, stored_as_text, unreadable};
use crate::error::Unreadable;
use crate::pool::{Client, PgPool};
use crate::transaction::{Parameters, Transaction, TxError, TxResult};

stored_as_text!(AccountKeyName);

/// Stores account keys in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgAccountKeyStore {
    pool: PgPool,
}

impl PgAccountKeyStore {
    /// A store over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl AccountKeyStore for PgAccountKeyStore {
    async fn make(&self, key: NewAccountKey) -> Result<(), MakeAccountKeyError> {
        self.pool.transaction(|tx| make(tx, &key).boxed()).await
    }

    async fn of_account(&self, account: AccountId) -> Result<Vec<AccountKeyInfo>, StoreError> {
        let client = self.pool.client().await?;
        let found = client.rows(OF_ACCOUNT, &[&account.uuid()]).await?;
        Ok(found.iter().map(key).collect::<Result<_, _>>()?)
    }

    async fn revoke(&self, revoke: RevokeAccountKey) -> Result<bool, StoreError> {
        self.pool
            .transaction(|tx| self::revoke(tx, &revoke).boxed())
            .await
    }

    async fn authenticate(
        &self,
        digest: AccountKeyDigest,
        now: Timestamp,
    ) -> Result<Option<KeyHolder>, StoreError> {
        let client = self.pool.client().await?;
        let digest = digest.as_bytes().as_slice();
        let Some(row) = client.row(AUTHENTICATE, &[&digest]).await? else {
            return Ok(None);
        };
        let (account, key) = (account(&row)?, key(&row)?);
        if !key.is_alive(now) {
            return Ok(None);
        }
        if key.is_worth_noting(now) {
            record_use(&client, &key, now).await?;
        }
        Ok(Some(KeyHolder { account, key }))
    }
}

const OF_ACCOUNT: &str = "\
-- PgAccountKeyStore::of_account
SELECT id, name AS key_name, scopes, expires_at, created_at, last_used_at FROM account_keys
WHERE account_id = $1 ORDER BY id DESC";

const AUTHENTICATE: &str = "\
-- PgAccountKeyStore::authenticate
SELECT k.id, k.name AS key_name, k.scopes, k.expires_at, k.created_at, k.last_used_at,
    a.id AS account_id, a.email, a.name
FROM account_keys k JOIN accounts a ON a.id = k.account_id
WHERE k.digest = $1 AND a.suspended_at IS NULL";

fn key(row: &Row) -> Result<AccountKeyInfo, Unreadable> {
    let scopes: Vec<String> = row.read("scopes")?;
    let scopes: Result<Vec<Scope>, _> = scopes.iter().map(|scope| scope.parse()).collect();
    let scopes = scopes.map_err(|error| unreadable("scopes", error.into()))?;
    Ok(AccountKeyInfo {
        id: row.read("id")?,
        name: row.read("key_name")?,
        scopes: Scopes::new(scopes).map_err(|error| unreadable("scopes", error.into()))?,
        expires_at: row.read("expires_at")?,
        created_at: row.read("created_at")?,
        last_used_at: row.read("last_used_at")?,
    })
}

async fn make(tx: &Transaction<'_>, new: &NewAccountKey) -> TxResult<(), MakeAccountKeyError> {
    // Of several requests at once, each counts the keys of those before.
    const LOCK: &str = "\
-- account_keys::make, lock
SELECT id FROM accounts WHERE id = $1 FOR NO KEY UPDATE";
    const COUNT: &str = "\
-- account_keys::make, count
SELECT count(*) FROM account_keys WHERE account_id = $1";
    const MAKE: &str = "\
-- account_keys::make
INSERT INTO account_keys (id, account_id, digest, name, scopes, expires_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)";

    let (key, account) = (&new.key, new.actor.account_id.uuid());
    tx.row(LOCK, &[&account]).await?;
    let count: u64 = tx.one(COUNT, &[&account]).await?.read("count")?;
    if usize::try_from(count).unwrap_or(usize::MAX) >= AccountKeyInfo::MOST {
        return Err(TxError::Abort(MakeAccountKeyError::TooMany));
    }
    let scopes: Vec<&str> = key.scopes.iter().map(Into::into).collect();
    let row: Parameters<'_> = &[
        &key.id.uuid(),
        &account,
        &new.digest.as_bytes().as_slice(),
        &key.name.as_str(),
        &scopes,
        &key.expires_at,
        &key.created_at,
    ];
    tx.run(MAKE, row).await?;
    let (action, at) = (AuditAction::AccountKeyMade, key.created_at);
    audit::record(tx, action, &new.actor, at, key.id.uuid()).await?;
    Ok(())
}

async fn revoke(tx: &Transaction<'_>, revoke: &RevokeAccountKey) -> TxResult<bool> {
    const REVOKE: &str = "\
-- account_keys::revoke
DELETE FROM account_keys WHERE account_id = $1 AND id = $2";

    let RevokeAccountKey { actor, key, at } = revoke;
    let (account, key) = (actor.account_id.uuid(), key.uuid());
    if tx.run(REVOKE, &[&account, &key]).await? == 0 {
        return Ok(false);
    }
    let action = AuditAction::AccountKeyRevoked;
    audit::record(tx, action, actor, *at, key).await?;
    Ok(true)
}

/// Records a use of a key. Of concurrent requests that have read the same last use, one records its own and the others do not
/// wait for it. A key that was revoked meanwhile stays revoked.
async fn record_use(
    client: &Client,
    key: &AccountKeyInfo,
    now: Timestamp,
) -> Result<(), StoreError> {
    const RECORD_USE: &str = "\
-- account_keys::record_use
UPDATE account_keys SET last_used_at = $3 WHERE id = (
    SELECT id FROM account_keys WHERE id = $1 AND last_used_at IS NOT DISTINCT FROM $2
    FOR NO KEY UPDATE SKIP LOCKED
)";

    let (id, seen) = (key.id.uuid(), key.last_used_at);
    client.run(RECORD_USE, &[&id, &seen, &now]).await.map(drop)
}
