use async_trait::async_trait;

use super::{ChangeOrderError, StoreError};
use crate::id::{ListingId, OrderId};
use crate::order::Order;
use crate::time::Timestamp;

/// Shows an operator the units that are held, and puts them back on sale.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait HoldStore: Send + Sync {
    /// Returns up to `limit` orders that await payment, those of one listing if it is given, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn list(&self, listing: Option<ListingId>, limit: u16) -> Result<Vec<Order>, StoreError>;

    /// Cancels an order that awaits payment, as [`cancel`](crate::order::cancel) decides for an operator. Its units
    /// are on sale again. A repeat returns the canceled order, and changes nothing.
    ///
    /// # Errors
    /// [`ChangeOrderError`]; nothing has changed then.
    async fn release(&self, order: OrderId, at: Timestamp) -> Result<Order, ChangeOrderError>;
}
