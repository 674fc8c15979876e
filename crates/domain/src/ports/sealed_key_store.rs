use async_trait::async_trait;

use super::StoreError;
use crate::id::ListingId;
use crate::listing::{KeyId, SealedKey};
use crate::time::Timestamp;

/// Reads and replaces the sealed keys of all listings, to move them from one master key to another.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait SealedKeyStore: Send + Sync {
    /// The newest sealed key under each master key that is in use, with its listing.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn samples(&self) -> Result<Vec<(ListingId, SealedKey)>, StoreError>;

    /// Up to `limit` keys sealed under another master key than `active`, of listings after `after`, in the
    /// order of their ids.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn sealed_under_others(
        &self,
        active: &KeyId,
        after: Option<ListingId>,
        limit: u16,
    ) -> Result<Vec<(ListingId, SealedKey)>, StoreError>;

    /// Replaces `from` by `to` and writes an audit record. Returns `false`, and changes nothing, when the
    /// stored key is no longer `from`: its seller has replaced it meanwhile.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn reseal(
        &self,
        listing: ListingId,
        from: SealedKey,
        to: SealedKey,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
}
