//! Tokens: reading, opening and revoking them. Issuing one is part of its order.

use async_trait::async_trait;
use futures::FutureExt;
use tokio_postgres::Row;
use udam_domain::audit::AuditAction;
use udam_domain::id::{AccountId, TokenId};
use udam_domain::listing::SealedKey;
use udam_domain::page::{Page, PageRequest};
use udam_domain::token::{RevealKey, RevokeToken, SealedAccess, Token, TokenStatus};
use udam_domain::{RevealKeyError, RevokeTokenError, StoreError, TokenStore};

use crate::audit;
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::paging;
use crate::pool::PgPool;
use crate::transaction::{Transaction, TxError};

/// Keeps tokens in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgTokenStore {
    pool: PgPool,
}

impl PgTokenStore {
    /// A store over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl TokenStore for PgTokenStore {
    async fn find(&self, id: TokenId, buyer: AccountId) -> Result<Option<Token>, StoreError> {
        const FIND: &str = concat!(
            "-- PgTokenStore::find\n",
            include_str!("tokens/select.sql"),
            "WHERE t.id = $1 AND t.buyer_id = $2"
        );

        let client = self.pool.client().await?;
        let found = client.row(FIND, &[&id.uuid(), &buyer.uuid()]).await?;
        Ok(found.as_ref().map(token).transpose()?)
    }

    async fn of_buyer(
        &self,
        buyer: AccountId,
        page: PageRequest<TokenId>,
    ) -> Result<Page<Token, TokenId>, StoreError> {
        // Only the buyer's own index has this order. By `id` alone, the tokens of whoever has many are
        // looked for among all there are.
        const OF_BUYER: &str = concat!(
            "-- PgTokenStore::of_buyer\n",
            include_str!("tokens/select.sql"),
            "WHERE t.buyer_id = ANY ($1) AND t.id < $2 ORDER BY t.buyer_id, t.id DESC LIMIT $3"
        );

        let before = paging::before(page.after.map(TokenId::uuid));
        let limit = paging::limit_plus_one(page.limit);
        let client = self.pool.client().await?;
        let found = client
            .rows(OF_BUYER, &[&[buyer.uuid()].as_slice(), &before, &limit])
            .await?;
        let tokens = found.iter().map(token).collect::<Result<_, _>>()?;
        Ok(Page::from_surplus(tokens, page.limit, |token: &Token| {
            token.id
        }))
    }

    async fn reveal(&self, request: RevealKey) -> Result<SealedAccess, RevealKeyError> {
        self.pool
            .transaction(|tx| reveal(tx, request).boxed())
            .await
    }

    async fn revoke(&self, request: RevokeToken) -> Result<Token, RevokeTokenError> {
        self.pool
            .transaction(|tx| revoke(tx, request).boxed())
            .await
    }
}

fn token(row: &Row) -> Result<Token, Unreadable> {
    Ok(Token {
        id: row.read("id")?,
        order_id: row.read("order_id")?,
        listing_id: row.read("listing_id")?,
        buyer_id: row.read("buyer_id")?,
        seller_id: row.read("seller_id")?,
        service_name: row.read("service_name")?,
        units: row.read("units")?,
        state: row.read("state")?,
        expires_at: row.read("expires_at")?,
        created_at: row.read("created_at")?,
    })
}

async fn reveal(
    tx: &Transaction<'_>,
    request: RevealKey,
) -> Result<SealedAccess, TxError<RevealKeyError>> {
    // With the lock, a revocation that has been answered comes after every opening on record.
    const OPEN: &str = concat!(
        "-- tokens::reveal\n",
        include_str!("tokens/select.sql"),
        "WHERE t.id = $1 AND t.buyer_id = $2 FOR SHARE OF t"
    );

    let RevealKey { token_id, buyer } = request;
    let refuse = |error| Err(TxError::Abort(error));
    let Some(row) = tx
        .row(OPEN, &[&token_id.uuid(), &buyer.account_id.uuid()])
        .await?
    else {
        return refuse(RevealKeyError::NotFound);
    };
    match token(&row)?.status(buyer.at) {
        TokenStatus::Active => {}
        TokenStatus::Revoked => return refuse(RevealKeyError::Revoked),
        TokenStatus::Suspended => return refuse(RevealKeyError::Suspended),
        TokenStatus::Expired => return refuse(RevealKeyError::Expired),
    }
    audit::record(tx, AuditAction::KeyRevealed, &buyer, token_id.uuid()).await?;
    Ok(SealedAccess {
        listing_id: row.read("listing_id")?,
        key: SealedKey {
            key_id: row.read("master_key_id")?,
            ciphertext: row.read("sealed_key")?,
        },
        endpoint_url: row.read("endpoint_url")?,
    })
}

async fn revoke(
    tx: &Transaction<'_>,
    request: RevokeToken,
) -> Result<Token, TxError<RevokeTokenError>> {
    const REVOKE: &str = "\
-- tokens::revoke
UPDATE tokens SET state = 'revoked'
WHERE id = $1 AND $2 IN (buyer_id, seller_id) AND state <> 'revoked'";
    const REVOKED: &str = concat!(
        "-- tokens::revoke, what came of it\n",
        include_str!("tokens/select.sql"),
        "WHERE t.id = $1 AND $2 IN (t.buyer_id, t.seller_id)"
    );

    let RevokeToken { token_id, by } = request;
    let (id, account) = (token_id.uuid(), by.account_id.uuid());
    if tx.run(REVOKE, &[&id, &account]).await? > 0 {
        audit::record(tx, AuditAction::TokenRevoked, &by, id).await?;
    }
    match tx.row(REVOKED, &[&id, &account]).await? {
        Some(row) => Ok(token(&row)?),
        None => Err(TxError::Abort(RevokeTokenError::NotFound)),
    }
}
