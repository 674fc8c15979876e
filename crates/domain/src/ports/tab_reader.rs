use async_trait::async_trait;

use super::StoreError;
use crate::id::{AccountId, ChargeId, OrderId};
use crate::order::Order;
use crate::page::{Page, PageRequest};
use crate::payment::{CarryingCharge, Tab, TabOrder};

/// Reads tabs: what is owed, for which orders, and the charges that carry and clear them.
///
/// An order is on its buyer's tab if it was put there, is fulfilled, and no payment has cleared it. A charge
/// carries a part of the tab if [`CarryingCharge::tab`] is more than zero.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait TabReader: Send + Sync {
    /// Returns the buyer's tab: the sum of the orders on it, whether or not a charge carries them. `None` for an
    /// unknown account.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn tab(&self, buyer: AccountId) -> Result<Option<Tab>, StoreError>;

    /// Returns a page of the orders on the buyer's tab, the newest first. Those of all pages sum to
    /// [`Tab::open`].
    ///
    /// # Errors
    /// [`StoreError`]
    async fn orders(
        &self,
        buyer: AccountId,
        page: PageRequest<OrderId>,
    ) -> Result<Page<TabOrder, OrderId>, StoreError>;

    /// Returns the buyer's open charges that carry a part of the tab, the oldest first. There are as many as the
    /// buyer may have payments open at once.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn open_charges(&self, buyer: AccountId) -> Result<Vec<CarryingCharge>, StoreError>;

    /// Returns a page of the buyer's paid charges that carried a part of the tab, the newest first.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn paid_charges(
        &self,
        buyer: AccountId,
        page: PageRequest<ChargeId>,
    ) -> Result<Page<CarryingCharge, ChargeId>, StoreError>;

    /// Returns the charge in any state, if it is this buyer's and carries a part of the tab, else `None`.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn charge(
        &self,
        id: ChargeId,
        buyer: AccountId,
    ) -> Result<Option<CarryingCharge>, StoreError>;

    /// Returns a page of the orders that the payment of this buyer's charge has taken off the tab, refunded since
    /// or not, the newest first. Empty until it is paid.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn cleared_orders(
        &self,
        charge: ChargeId,
        buyer: AccountId,
        page: PageRequest<OrderId>,
    ) -> Result<Page<Order, OrderId>, StoreError>;
}
