use std::num::NonZeroU32;

use async_trait::async_trait;

use super::StoreError;
use crate::id::ListingId;

/// Reads the ids of all listings on sale, sold out or not, in ascending order.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ListingIndex: Send + Sync {
    /// Returns the first `limit` ids after `after`.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn on_sale(
        &self,
        after: Option<ListingId>,
        limit: u32,
    ) -> Result<Vec<ListingId>, StoreError>;

    /// Returns every `every`-th id that another one follows. It reads all ids.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn on_sale_boundaries(&self, every: NonZeroU32) -> Result<Vec<ListingId>, StoreError>;
}
