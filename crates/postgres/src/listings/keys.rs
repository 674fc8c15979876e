use async_trait::async_trait;
use futures::FutureExt;
use tokio_postgres::Row;
use udam_domain::audit::AuditAction;
use udam_domain::id::ListingId;
use udam_domain::listing::{KeyId, SealedKey};
use udam_domain::time::Timestamp;
use udam_domain::{SealedKeyStore, StoreError};
use uuid::Uuid;

use super::row::sealed_key;
use crate::audit;
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::pool::PgPool;
use crate::transaction::{Transaction, TxResult};

/// Reads the sealed keys of listings in PostgreSQL, and replaces them by ones under another master key.
#[derive(Debug, Clone)]
pub struct PgSealedKeyStore {
    pool: PgPool,
}

impl PgSealedKeyStore {
    /// A store over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

/// The replacement of one sealed key by another.
struct Reseal {
    listing: ListingId,
    from: SealedKey,
    to: SealedKey,
    at: Timestamp,
}

// One index lookup for each master key, instead of a scan of all listings: the newest listing of the last
// key, then of the last key before that, and so on.
const SAMPLES: &str = "\
-- PgSealedKeyStore::samples
WITH RECURSIVE newest AS (
    (
        SELECT id, sealed_key, master_key_id FROM listings
        ORDER BY master_key_id DESC, id DESC LIMIT 1
    )
    UNION ALL
    SELECT before.id, before.sealed_key, before.master_key_id
    FROM newest
    CROSS JOIN LATERAL (
        SELECT l.id, l.sealed_key, l.master_key_id FROM listings l
        WHERE l.master_key_id < newest.master_key_id
        ORDER BY l.master_key_id DESC, l.id DESC LIMIT 1
    ) AS before
)
SELECT id, sealed_key, master_key_id FROM newest";

#[async_trait]
impl SealedKeyStore for PgSealedKeyStore {
    async fn samples(&self) -> Result<Vec<(ListingId, SealedKey)>, StoreError> {
        let client = self.pool.client().await?;
        let found = client.rows(SAMPLES, &[]).await?;
        Ok(found
            .iter()
            .map(key_of_listing)
            .collect::<Result<_, Unreadable>>()?)
    }

    async fn sealed_under_others(
        &self,
        active: &KeyId,
        after: Option<ListingId>,
        limit: u16,
    ) -> Result<Vec<(ListingId, SealedKey)>, StoreError> {
        const UNDER_OTHERS: &str = "\
-- PgSealedKeyStore::sealed_under_others
SELECT id, sealed_key, master_key_id FROM listings
WHERE id > $1 AND master_key_id <> $2 ORDER BY id LIMIT $3";

        let after = after.map_or(Uuid::nil(), ListingId::uuid);
        let client = self.pool.client().await?;
        let found = client
            .rows(UNDER_OTHERS, &[&after, &active.as_str(), &i64::from(limit)])
            .await?;
        Ok(found
            .iter()
            .map(key_of_listing)
            .collect::<Result<_, Unreadable>>()?)
    }

    async fn reseal(
        &self,
        listing: ListingId,
        from: SealedKey,
        to: SealedKey,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let reseal = Reseal {
            listing,
            from,
            to,
            at,
        };
        self.pool
            .transaction(|tx| replace(tx, &reseal).boxed())
            .await
    }
}

fn key_of_listing(row: &Row) -> Result<(ListingId, SealedKey), Unreadable> {
    Ok((row.read("id")?, sealed_key(row)?))
}

async fn replace(tx: &Transaction<'_>, reseal: &Reseal) -> TxResult<bool> {
    const REPLACE: &str = "\
-- PgSealedKeyStore::reseal
UPDATE listings SET sealed_key = $4, master_key_id = $5
WHERE id = $1 AND sealed_key = $2 AND master_key_id = $3";

    let Reseal {
        listing,
        from,
        to,
        at,
    } = reseal;
    let replaced = tx
        .run(
            REPLACE,
            &[
                &listing.uuid(),
                &from.ciphertext,
                &from.key_id.as_str(),
                &to.ciphertext,
                &to.key_id.as_str(),
            ],
        )
        .await?;
    if replaced == 0 {
        return Ok(false);
    }
    audit::record_without_actor(tx, AuditAction::KeyRotated, *at, listing.uuid()).await?;
    Ok(true)
}
