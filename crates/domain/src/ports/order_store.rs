use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::id::{AccountId, OrderId};
use crate::order::{
    CancelOrder, ChangeRefused, DailySales, Order, OrderState, PlaceOrder, PlacedOrder,
    RefundOrder, Rejection,
};
use crate::page::{Page, PageRequest};
use crate::payment::Tab;
use crate::policy::ReleaseLapsed;
use crate::time::Timestamp;

/// Moves orders, and with each its units, its token and its money, all or nothing.
///
/// An implementation is given the [`OrderPolicy`](crate::policy::OrderPolicy) and the
/// [`SessionPolicy`](crate::policy::SessionPolicy) when it is made. It loads what the rules need under
/// lock, asks [`decide`](crate::order::decide) and [`transition`](crate::order::transition), and writes
/// what they say.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait OrderStore: Send + Sync {
    /// Places an order, and answers when it is durable. A caller that goes away does not undo it.
    ///
    /// The key of an order placed before answers with that order as it is now; a repeat that comes
    /// while the first is under way waits for it.
    ///
    /// # Errors
    /// [`PlaceOrderError`]; nothing is held, owed or remembered then, and an idempotency key stays
    /// unused. After `Unavailable`, the order may have been placed: its key finds it.
    async fn place(&self, order: PlaceOrder) -> Result<PlacedOrder, PlaceOrderError>;

    /// Gives up an order that awaits payment; its units go back on sale and its charge is closed. Giving
    /// up a canceled order again answers with it.
    ///
    /// # Errors
    /// [`ChangeOrderError`]
    async fn cancel(&self, cancel: CancelOrder) -> Result<Order, ChangeOrderError>;

    /// Takes a fulfilled order back: revokes its token, takes its total off the tab or, once a charge has
    /// paid for it, notes that it is owed back, puts its units back on sale if the seller says so, and
    /// leaves an audit record. Refunding a refunded order again answers with it.
    ///
    /// # Errors
    /// [`ChangeOrderError`]
    async fn refund(&self, refund: RefundOrder) -> Result<Order, ChangeOrderError>;

    /// Ends up to [`ReleaseLapsed::limit`] reservations that [`release`](crate::order::release) says are
    /// over, those that lapsed first first; their units go back on sale and their charges are closed. One
    /// whose session may still be paid is left to [`PaymentBacklog::overdue`](super::PaymentBacklog::overdue)
    /// until it is out of grace. Returns the orders it ended. Two callers at once never end one twice.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn release_lapsed(&self, request: ReleaseLapsed) -> Result<Vec<OrderId>, StoreError>;
}

impl From<ChangeRefused> for ChangeOrderError {
    fn from(refused: ChangeRefused) -> Self {
        match refused {
            ChangeRefused::NotTheirs => Self::NotFound,
            ChangeRefused::InvalidState(state) => Self::InvalidState(state),
        }
    }
}

/// Why an order was not placed.
#[derive(Debug, Error)]
pub enum PlaceOrderError {
    /// The session is unknown, expired or ended, or the account does not exist.
    #[error("the buyer is not signed in")]
    Unauthenticated,
    /// There is no such listing.
    #[error("there is no such listing")]
    ListingNotFound,
    /// The idempotency key has made an order for something else.
    #[error("the idempotency key has made an order for something else")]
    IdempotencyKeyReused,
    /// The rules reject it.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The store could not be asked.
    #[error("placing an order failed")]
    Unavailable(#[from] StoreError),
}

/// Why an order was not canceled or refunded.
#[derive(Debug, Error)]
pub enum ChangeOrderError {
    /// There is no such order, or it is not the actor's to change.
    #[error("there is no such order")]
    NotFound,
    /// An order in this state cannot be.
    #[error("the order is {0}")]
    InvalidState(OrderState),
    /// The store could not be asked.
    #[error("changing an order failed")]
    Unavailable(#[from] StoreError),
}

/// Reads orders and tabs.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait OrderReader: Send + Sync {
    /// The order, if `viewer` is its buyer or its seller.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn find(&self, id: OrderId, viewer: AccountId) -> Result<Option<Order>, StoreError>;

    /// A page of what the buyer has ordered, the newest first.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn of_buyer(
        &self,
        buyer: AccountId,
        page: PageRequest<OrderId>,
    ) -> Result<Page<Order, OrderId>, StoreError>;

    /// A page of what has been ordered of the seller, the newest first.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn of_seller(
        &self,
        seller: AccountId,
        page: PageRequest<OrderId>,
    ) -> Result<Page<Order, OrderId>, StoreError>;

    /// What the seller sold on each day from `since` on, of the orders placed from then on. The oldest day
    /// comes first; days without sales are left out.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn daily_sales(
        &self,
        seller: AccountId,
        since: Timestamp,
    ) -> Result<Vec<DailySales>, StoreError>;

    /// The buyer's tab.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn tab(&self, buyer: AccountId) -> Result<Option<Tab>, StoreError>;
}
