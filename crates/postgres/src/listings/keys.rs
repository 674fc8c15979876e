mod of_listings;
mod of_tokens;

use async_trait::async_trait;
use futures::FutureExt;
use udam_domain::listing::{KeyId, SealedKey};
use udam_domain::time::Timestamp;
use udam_domain::{KeyOwner, SealedKeyStore, StoreError};
use uuid::Uuid;

use super::row::sealed_key;
use crate::pool::PgPool;

/// Reads the sealed keys of listings and tokens in PostgreSQL, and replaces them by ones under another master key.
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
    from: SealedKey,
    to: SealedKey,
    at: Timestamp,
}

#[async_trait]
impl SealedKeyStore for PgSealedKeyStore {
    async fn samples(&self) -> Result<Vec<(KeyOwner, SealedKey)>, StoreError> {
        let client = self.pool.client().await?;
        let mut samples = of_listings::samples(&client).await?;
        samples.extend(of_tokens::samples(&client).await?);
        Ok(samples)
    }

    async fn sealed_under_others(
        &self,
        active: &KeyId,
        after: Option<KeyOwner>,
        limit: u16,
    ) -> Result<Vec<(KeyOwner, SealedKey)>, StoreError> {
        let (listing, token) = match after {
            None => (Uuid::nil(), Uuid::nil()),
            Some(KeyOwner::Listing(listing)) => (listing.uuid(), Uuid::nil()),
            // No listing comes after.
            Some(KeyOwner::Token(token)) => (Uuid::max(), token.uuid()),
        };
        let client = self.pool.client().await?;
        let mut found = of_listings::under_others(&client, active, listing, limit.into()).await?;
        let room = usize::from(limit).saturating_sub(found.len());
        if let Ok(room @ 1..) = i64::try_from(room) {
            found.extend(of_tokens::under_others(&client, active, token, room).await?);
        }
        Ok(found)
    }

    async fn reseal(
        &self,
        owner: KeyOwner,
        from: SealedKey,
        to: SealedKey,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let reseal = Reseal { from, to, at };
        self.pool
            .transaction(|tx| match owner {
                KeyOwner::Listing(listing) => of_listings::replace(tx, listing, &reseal).boxed(),
                KeyOwner::Token(token) => of_tokens::replace(tx, token, &reseal).boxed(),
            })
            .await
    }
}
