//! Further access keys of tokens. The first is stored when a token is revealed.

use async_trait::async_trait;
use futures::FutureExt;
use tokio_postgres::Row;
use udam_domain::audit::AuditAction;
use udam_domain::gateway::{AccessKeyInfo, AccessKeyName, DeleteAccessKey, IssueAccessKey};
use udam_domain::id::{AccountId, TokenId};
use udam_domain::token::{Token, TokenStatus};
use udam_domain::{AccessKeyStore, IssueAccessKeyError, StoreError};

use super::count::stored;
use super::{balances, row};
use crate::audit;
use crate::columns::{Columns, stored_as_text};
use crate::error::Unreadable;
use crate::pool::PgPool;
use crate::tokens::{self, select_tokens};
use crate::transaction::{Parameters, Transaction, TxError, TxResult};

stored_as_text!(AccessKeyName);

/// Keeps the access keys of tokens in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgAccessKeyStore {
    pool: PgPool,
}

impl PgAccessKeyStore {
    /// A store over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl AccessKeyStore for PgAccessKeyStore {
    async fn issue(&self, request: IssueAccessKey) -> Result<AccessKeyInfo, IssueAccessKeyError> {
        self.pool
            .transaction(|tx| issue(tx, &request).boxed())
            .await?;
        Ok(request.into_info())
    }

    async fn delete(&self, request: DeleteAccessKey) -> Result<bool, StoreError> {
        self.pool
            .transaction(move |tx| delete(tx, request).boxed())
            .await
    }

    async fn of_token(
        &self,
        token: TokenId,
        buyer: AccountId,
    ) -> Result<Vec<AccessKeyInfo>, StoreError> {
        const OF_TOKEN: &str = "\
-- PgAccessKeyStore::of_token
SELECT
    k.id, k.token_id, k.name, k.max_units, k.taken_units, k.expires_at, k.created_at,
    k.sealed_key IS NOT NULL AS is_first
FROM access_keys k
WHERE k.token_id = ANY (ARRAY(SELECT t.id FROM tokens t WHERE t.id = $1 AND t.buyer_id = $2))
    AND k.deleted_at IS NULL
ORDER BY k.token_id, k.id";

        let client = self.pool.client().await?;
        let found = client
            .rows(OF_TOKEN, &[&token.uuid(), &buyer.uuid()])
            .await?;
        Ok(found.iter().map(info).collect::<Result<_, _>>()?)
    }
}

fn info(row: &Row) -> Result<AccessKeyInfo, Unreadable> {
    Ok(AccessKeyInfo {
        id: row.read("id")?,
        token_id: row.read("token_id")?,
        name: row.read("name")?,
        max_units: row::units(row, "max_units")?,
        taken_units: row.read("taken_units")?,
        expires_at: row.read("expires_at")?,
        is_first: row.read("is_first")?,
        created_at: row.read("created_at")?,
    })
}

/// Stores a further key under the lock of its token, at which the keys of one token queue.
async fn issue(
    tx: &Transaction<'_>,
    request: &IssueAccessKey,
) -> TxResult<(), IssueAccessKeyError> {
    const LOCK: &str = select_tokens!(
        "gateway::access_keys::issue, lock",
        "WHERE t.id = $1 AND t.buyer_id = $2 FOR NO KEY UPDATE OF t"
    );
    const INSERT: &str = "\
-- gateway::access_keys::issue, insert
INSERT INTO access_keys (id, token_id, digest, name, max_units, expires_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)";

    let (token_id, at) = (request.token_id.uuid(), request.at);
    let found = tx
        .row(LOCK, &[&token_id, &request.buyer.account_id.uuid()])
        .await?;
    let row = found.ok_or(TxError::Abort(IssueAccessKeyError::NotFound))?;
    let token = tokens::token(&row)?;
    check(&token, request).map_err(TxError::Abort)?;
    if count(tx, request.token_id).await? >= IssueAccessKey::MOST {
        return Err(TxError::Abort(IssueAccessKeyError::TooMany));
    }
    balances::begin(tx, &token).await?;
    let values: Parameters<'_> = &[
        &request.key.id.uuid(),
        &token_id,
        &request.key.digest.as_bytes().as_slice(),
        &request.name.as_ref().map(AccessKeyName::as_str),
        &request.max_units.map(|most| stored(most.get())),
        &request.expires_at,
        &at,
    ];
    tx.run(INSERT, values).await?;
    // A key is shown: the seller owes what it opens.
    tokens::note_revealed(tx, &token, at).await?;
    let (action, buyer) = (AuditAction::AccessKeyIssued, &request.buyer);
    audit::record(tx, action, buyer, at, token_id).await?;
    Ok(())
}

fn check(token: &Token, request: &IssueAccessKey) -> Result<(), IssueAccessKeyError> {
    if token.gateway.is_none() {
        return Err(IssueAccessKeyError::NotThroughGateway);
    }
    match token.status(request.at) {
        TokenStatus::Active => Ok(()),
        status => Err(IssueAccessKeyError::NotActive(status)),
    }
}

/// Number of keys of a token that are not deleted.
async fn count(tx: &Transaction<'_>, token: TokenId) -> TxResult<usize, IssueAccessKeyError> {
    const COUNT: &str = "\
-- gateway::access_keys::count
SELECT count(*) AS keys FROM access_keys WHERE token_id = $1 AND deleted_at IS NULL";

    let keys: i64 = tx.one(COUNT, &[&token.uuid()]).await?.read("keys")?;
    Ok(usize::try_from(keys).unwrap_or(usize::MAX))
}

/// Deletes a key, with its secret. The row stays, for the calls that were made with it.
async fn delete(tx: &Transaction<'_>, request: DeleteAccessKey) -> TxResult<bool> {
    const DELETE: &str = "\
-- gateway::access_keys::delete
UPDATE access_keys SET deleted_at = $4, sealed_key = NULL, master_key_id = NULL
FROM tokens t
WHERE access_keys.id = $1 AND access_keys.token_id = $2 AND access_keys.deleted_at IS NULL
    AND t.id = access_keys.token_id AND t.buyer_id = $3";

    let DeleteAccessKey {
        token_id,
        key_id,
        buyer,
        at,
    } = request;
    let (token, account) = (token_id.uuid(), buyer.account_id.uuid());
    let parameters: Parameters<'_> = &[&key_id.uuid(), &token, &account, &at];
    if tx.run(DELETE, parameters).await? == 0 {
        return Ok(false);
    }
    audit::record(tx, AuditAction::AccessKeyDeleted, &buyer, at, token).await?;
    Ok(true)
}
