//! Tokens: reading, revealing and revoking them. They are issued with their orders.

use async_trait::async_trait;
use futures::FutureExt;
use tokio_postgres::Row;
use udam_domain::audit::AuditAction;
use udam_domain::gateway::{TermsVersion, TokenUnits};
use udam_domain::id::{AccountId, TokenId};
use udam_domain::order::{self, Order};
use udam_domain::page::{Page, PageRequest};
use udam_domain::time::Timestamp;
use udam_domain::token::{RevealKey, RevokeToken, SealedAccess, Token, TokenGateway};
use udam_domain::{RevealKeyError, RevokeTokenError, StoreError, TokenReader, TokenStore};

use crate::audit;
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::gateway::{balances, first_key};
use crate::listings::{sealed_key, service_changes};
use crate::orders::{lock_one, refund_revoked};
use crate::paging;
use crate::pool::PgPool;
use crate::transaction::{Parameters, Transaction, TxError, TxResult};

/// Reads, reveals and revokes buyers' access tokens in PostgreSQL. Orders issue them.
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

/// A statement that reads tokens, each with the sealed key of its listing and its balance. Its arguments are the path of its
/// function and its conditions.
macro_rules! select_tokens {
    ($function:literal, $conditions:literal) => {
        concat!(
            "-- ",
            $function,
            "
SELECT t.id, t.order_id, t.listing_id, t.buyer_id, t.seller_id, t.units, t.state, t.expires_at,
    t.created_at, t.revealed_at, o.created_at AS ordered_at, l.service_name, l.sealed_key,
    l.master_key_id, l.endpoint_url, l.endpoint_changed_at, l.key_changed_at, o.terms_version,
    b.units AS balance_units, b.left_units,
    -- Few calls are open at once, and no index has their tokens, which each call would pay for. All are read, along their key.
    CASE WHEN b.units IS NOT NULL THEN (
        SELECT coalesce(sum(c.taken), 0)::integer FROM open_calls c
        WHERE c.id > '00000000-0000-0000-0000-000000000000' AND c.token_id = t.id
    ) END AS open_units
FROM tokens t
JOIN listings l ON l.id = t.listing_id
JOIN orders o ON o.id = t.order_id
LEFT JOIN token_balances b ON b.token_id = t.id
",
            $conditions
        )
    };
}
pub(crate) use select_tokens;

#[async_trait]
impl TokenStore for PgTokenStore {
    async fn reveal(&self, request: RevealKey) -> Result<SealedAccess, RevealKeyError> {
        self.pool
            .transaction(|tx| reveal(tx, &request).boxed())
            .await
    }

    async fn revoke(&self, request: RevokeToken) -> Result<Token, RevokeTokenError> {
        self.pool
            .transaction(|tx| revoke(tx, request).boxed())
            .await
    }
}

#[async_trait]
impl TokenReader for PgTokenStore {
    async fn find(&self, id: TokenId, buyer: AccountId) -> Result<Option<Token>, StoreError> {
        const FIND: &str =
            select_tokens!("PgTokenStore::find", "WHERE t.id = $1 AND t.buyer_id = $2");

        let client = self.pool.client().await?;
        let found = client.row(FIND, &[&id.uuid(), &buyer.uuid()]).await?;
        Ok(found.as_ref().map(token).transpose()?)
    }

    async fn of_buyer(
        &self,
        buyer: AccountId,
        page: PageRequest<TokenId>,
    ) -> Result<Page<Token, TokenId>, StoreError> {
        // Only the index on the buyer has this order. Ordered by `id` alone, the tokens of a buyer with many
        // would be looked for among everyone's.
        const OF_BUYER: &str = select_tokens!(
            "PgTokenStore::of_buyer",
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
}

/// Reads a row of [`select_tokens`].
pub(crate) fn token(row: &Row) -> Result<Token, Unreadable> {
    let ordered_at = row.read("ordered_at")?;
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
        revealed_at: row.read("revealed_at")?,
        service_changes: service_changes(row)?.since(ordered_at),
        gateway: gateway(row)?,
    })
}

/// Reads the terms and the balance of a token. It has no row of a balance before a key of it is issued.
fn gateway(row: &Row) -> Result<Option<TokenGateway>, Unreadable> {
    let terms: Option<TermsVersion> = row.read("terms_version")?;
    let Some(terms) = terms else {
        return Ok(None);
    };
    let begun: Option<i32> = row.read("balance_units")?;
    let units = match begun {
        Some(_) => balances::units(row)?,
        None => TokenUnits::unused(row.read("units")?),
    };
    Ok(Some(TokenGateway { terms, units }))
}

/// Returns what an active token grants access to, and records that.
async fn reveal(
    tx: &Transaction<'_>,
    request: &RevealKey,
) -> TxResult<SealedAccess, RevealKeyError> {
    // Locked so that no record of revealing is later than a revocation that has returned.
    const LOCK: &str = select_tokens!(
        "tokens::reveal, lock",
        "WHERE t.id = $1 AND t.buyer_id = $2 FOR NO KEY UPDATE OF t"
    );
    let RevealKey {
        token_id,
        buyer,
        at,
        first_key,
    } = request;
    let found = tx
        .row(LOCK, &[&token_id.uuid(), &buyer.account_id.uuid()])
        .await?;
    let row = found.ok_or(TxError::Abort(RevealKeyError::NotFound))?;
    let token = token(&row)?;
    RevealKeyError::unless_active(token.status(*at)).map_err(TxError::Abort)?;
    check_not_suspended(tx, &token).await?;
    let listing_id = token.listing_id;
    let access = if token.gateway.is_some() {
        let key = first_key::store_or_find(tx, &token, first_key.as_ref(), *at).await?;
        let key = key.ok_or(TxError::Abort(RevealKeyError::NoKey))?;
        SealedAccess::Gateway { listing_id, key }
    } else {
        SealedAccess::Service {
            listing_id,
            key: sealed_key(&row)?,
            endpoint_url: row.read("endpoint_url")?,
        }
    };
    note_revealed(tx, &token, *at).await?;
    audit::record(tx, AuditAction::KeyRevealed, buyer, *at, token_id.uuid()).await?;
    Ok(access)
}

/// Fails if an operator has suspended the listing of a token, its seller or its buyer.
async fn check_not_suspended(tx: &Transaction<'_>, token: &Token) -> TxResult<(), RevealKeyError> {
    const IS_SUSPENDED: &str = "\
-- tokens::check_not_suspended
SELECT
    EXISTS (SELECT FROM listings l WHERE l.id = $1 AND l.suspended_at IS NOT NULL)
    OR EXISTS (SELECT FROM accounts a WHERE a.id IN ($2, $3) AND a.suspended_at IS NOT NULL)
    AS is_suspended";

    let (listing, buyer) = (token.listing_id.uuid(), token.buyer_id.uuid());
    let asked: Parameters<'_> = &[&listing, &buyer, &token.seller_id.uuid()];
    if tx.one(IS_SUSPENDED, asked).await?.read("is_suspended")? {
        return Err(TxError::Abort(RevealKeyError::SuspendedByOperator));
    }
    Ok(())
}

/// Notes that the buyer of a token has been shown a key, the first time.
pub(crate) async fn note_revealed(
    tx: &Transaction<'_>,
    token: &Token,
    at: Timestamp,
) -> Result<(), tokio_postgres::Error> {
    const UPDATE: &str = "\
-- tokens::reveal, update
UPDATE tokens SET revealed_at = $2 WHERE id = $1";

    if token.revealed_at.is_none() {
        tx.run(UPDATE, &[&token.id.uuid(), &at]).await?;
    }
    Ok(())
}

/// Revokes a token under its lock, and records that, unless it is revoked already. Where the rule says so, its order
/// is refunded.
async fn revoke(tx: &Transaction<'_>, request: RevokeToken) -> TxResult<Token, RevokeTokenError> {
    const LOCK: &str = select_tokens!(
        "tokens::revoke, lock",
        "WHERE t.id = $1 AND $2 IN (t.buyer_id, t.seller_id) FOR NO KEY UPDATE OF t"
    );
    const UPDATE: &str = "\
-- tokens::revoke, update
UPDATE tokens SET state = $2 WHERE id = $1";

    let RevokeToken {
        token_id, by, at, ..
    } = request;
    let (id, account) = (token_id.uuid(), by.account_id.uuid());
    let order = lock_sold(tx, &request).await?;
    let found = tx.row(LOCK, &[&id, &account]).await?;
    let row = found.ok_or(TxError::Abort(RevokeTokenError::NotFound))?;
    let mut token = token(&row)?;
    let refund = order.and_then(|order| {
        let step = order::refund_by_revoking(&token, order.state, &request)?;
        Some((order, step))
    });
    if let Some((order, step)) = &refund {
        refund_revoked(tx, (order, *step), &request).await?;
    }
    if let Some(revoked) = token.state.revoke() {
        tx.run(UPDATE, &[&id, &<&str>::from(revoked)]).await?;
        audit::record(tx, AuditAction::TokenRevoked, &by, at, id).await?;
        token.state = revoked;
    }
    Ok(token)
}

/// Locks the order of a token that is revoked by its seller, who may have to refund it. All that changes orders
/// locks them before their tokens.
async fn lock_sold(
    tx: &Transaction<'_>,
    request: &RevokeToken,
) -> TxResult<Option<Order>, RevokeTokenError> {
    const SOLD: &str = "\
-- tokens::lock_sold
SELECT order_id FROM tokens WHERE id = $1 AND seller_id = $2 AND buyer_id <> $2";

    let (id, account) = (request.token_id.uuid(), request.by.account_id.uuid());
    match tx.row(SOLD, &[&id, &account]).await? {
        Some(row) => lock_one(tx, row.read("order_id")?).await,
        None => Ok(None),
    }
}
