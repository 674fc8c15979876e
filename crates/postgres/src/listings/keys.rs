mod kind;
mod kinds;

use async_trait::async_trait;
use futures::FutureExt;
use udam_domain::listing::{KeyId, SealedKey};
use udam_domain::time::Timestamp;
use udam_domain::{KeyOwner, SealedKeyStore, StoreError};
use uuid::Uuid;

use crate::pool::PgPool;
use kind::Reseal;
use kinds::{OF_FACTORS, OF_LISTINGS, OF_TOKENS};

/// Reads the sealed keys of listings, tokens and second factors in PostgreSQL, and replaces them by ones under another master key.
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

#[async_trait]
impl SealedKeyStore for PgSealedKeyStore {
    async fn samples(&self) -> Result<Vec<(KeyOwner, SealedKey)>, StoreError> {
        let client = self.pool.client().await?;
        let mut samples = OF_LISTINGS.samples(&client).await?;
        samples.extend(OF_TOKENS.samples(&client).await?);
        samples.extend(OF_FACTORS.samples(&client).await?);
        Ok(samples)
    }

    async fn sealed_under_others(
        &self,
        active: &KeyId,
        after: Option<KeyOwner>,
        limit: u16,
    ) -> Result<Vec<(KeyOwner, SealedKey)>, StoreError> {
        // No owner of an earlier kind comes after one of a later kind.
        let (listing, token, factor) = match after {
            None => (Uuid::nil(), Uuid::nil(), Uuid::nil()),
            Some(KeyOwner::Listing(listing)) => (listing.uuid(), Uuid::nil(), Uuid::nil()),
            Some(KeyOwner::Token(token)) => (Uuid::max(), token.uuid(), Uuid::nil()),
            Some(KeyOwner::SecondFactor(factor)) => (Uuid::max(), Uuid::max(), factor.uuid()),
        };
        let client = self.pool.client().await?;
        let mut found = Vec::new();
        for (kind, after) in [
            (&OF_LISTINGS, listing),
            (&OF_TOKENS, token),
            (&OF_FACTORS, factor),
        ] {
            let room = usize::from(limit).saturating_sub(found.len());
            if let Ok(room @ 1..) = i64::try_from(room) {
                found.extend(kind.under_others(&client, active, after, room).await?);
            }
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
        let (kind, owner) = match owner {
            KeyOwner::Listing(listing) => (&OF_LISTINGS, listing.uuid()),
            KeyOwner::Token(token) => (&OF_TOKENS, token.uuid()),
            KeyOwner::SecondFactor(factor) => (&OF_FACTORS, factor.uuid()),
        };
        self.pool
            .transaction(|tx| kind.replace(tx, owner, &reseal).boxed())
            .await
    }
}
