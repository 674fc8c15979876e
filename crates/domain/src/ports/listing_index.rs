use std::num::NonZeroU32;

use async_trait::async_trait;

use super::StoreError;
use crate::id::ListingId;

/// Reads through all listings on sale, sold out or not, in the order of their ids.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ListingIndex: Send + Sync {
    /// The first `limit` after `after`.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn on_sale(
        &self,
        after: Option<ListingId>,
        limit: u32,
    ) -> Result<Vec<ListingId>, StoreError>;

    /// Every `every`-th one that another comes after. It reads the ids of all of them.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn on_sale_boundaries(&self, every: NonZeroU32) -> Result<Vec<ListingId>, StoreError>;
}
