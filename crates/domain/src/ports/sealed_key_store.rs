use async_trait::async_trait;

use super::StoreError;
use crate::id::ListingId;
use crate::listing::{KeyId, SealedKey};
use crate::time::Timestamp;

/// Reads and replaces the sealed keys of all listings, to move them from one master key to another while the
/// marketplace runs. A service that keeps one master key needs no implementation.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait SealedKeyStore: Send + Sync {
    /// Returns the newest sealed key under each master key that is in use, with its listing: what a vault must
    /// be able to open before it serves.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn samples(&self) -> Result<Vec<(ListingId, SealedKey)>, StoreError>;

    /// Returns up to `limit` keys sealed under another master key than `active`, of listings after `after`, by
    /// id of the listing.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn sealed_under_others(
        &self,
        active: &KeyId,
        after: Option<ListingId>,
        limit: u16,
    ) -> Result<Vec<(ListingId, SealedKey)>, StoreError>;

    /// Replaces `from` by `to` and writes an audit record. Returns `false`, and changes nothing, if the stored
    /// key is no longer `from`: its seller has replaced it meanwhile, or another server has moved it.
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
