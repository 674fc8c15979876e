use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::administration::NotAllowed;
use crate::id::{AccountId, OrderId};
use crate::order::{
    CancelOrder, ChangeRefused, DailySales, Order, OrderState, PlaceOrder, PlacedOrder,
    RefundOrder, Rejection, Sale, SalesPeriod,
};
use crate::page::{Page, PageRequest};
use crate::policy::ReleaseLapsed;
use crate::time::Timestamp;

/// Places orders and moves them, and with each its units, its token and its money, all in one step.
///
/// An implementation is given the [`OrderPolicy`](crate::policy::OrderPolicy) and, if it knows sessions, the
/// [`SessionPolicy`](crate::policy::SessionPolicy) when it is made. It locks and reads what the rules take,
/// calls them, and writes what they return: [`decide`](crate::order::decide) for placing, alone or through
/// [`OrderBatch`](crate::order::OrderBatch), [`cancel`](crate::order::cancel),
/// [`refund`](crate::order::refund) and [`release`](crate::order::release) for moving.
///
/// A move is written with all of its effects: the state, with [`Order::moved`] for the times that change with
/// it; the units, as [`StockDelta`](crate::order::StockDelta) counts them; the token; and, if it
/// [closes the charge](OrderState::closes_charge), the charge that was made for the order. That charge is
/// closed, the small orders that it carries are on the tab alone again, and its session may still be paid.
///
/// # Cancellation
/// A call whose future is dropped has happened whole or not at all. An order may still be placed afterwards;
/// its idempotency key finds it.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait OrderStore: Send + Sync {
    /// Places an order, and returns it once it is durable.
    ///
    /// Its units leave the listing in either case; see [`StockDelta::of_new`](crate::order::StockDelta::of_new).
    /// An order that is fulfilled at once has its token and is on the buyer's tab. One that is not awaits
    /// payment until [`Order::lapses_at`].
    ///
    /// An idempotency key belongs to its buyer and to the order that it has made. A repeat for the same
    /// listing and number of units returns that order as it is now, with
    /// [`replayed`](PlacedOrder::replayed), before anything else is looked at: the listing may be sold out,
    /// paused or dearer by then. A repeat that comes while the first is under way waits for it.
    ///
    /// # Errors
    /// [`PlaceOrderError`]; nothing is held, owed or recorded then, and the idempotency key is unused. After
    /// `Unavailable`, the order may have been placed: its key finds it.
    async fn place(&self, order: PlaceOrder) -> Result<PlacedOrder, PlaceOrderError>;

    /// Cancels an order that awaits payment, as [`cancel`](crate::order::cancel) decides, and writes an audit
    /// record. Its units are on sale again. A repeat returns the canceled order, and changes nothing.
    ///
    /// # Errors
    /// [`ChangeOrderError`]; nothing has changed then.
    async fn cancel(&self, cancel: CancelOrder) -> Result<Order, ChangeOrderError>;

    /// Refunds a fulfilled order, as [`refund`](crate::order::refund) decides: revokes its token, puts its
    /// units back on sale if that is asked for, writes an audit record, of an operator with the reason, and gives the money back as
    /// [`give_back`](crate::payment::give_back) says: off the tab, or as a refund that is owed
    /// ([`PaymentBacklog::refunds_owed`](super::PaymentBacklog::refunds_owed)) out of the charge that the order
    /// belongs to, and never more than is left of its payment: see [`give_back`](crate::payment::give_back). A
    /// repeat returns the refunded order, changes
    /// nothing, and owes nothing more.
    ///
    /// # Errors
    /// [`ChangeOrderError`]; nothing has changed then.
    async fn refund(&self, refund: RefundOrder) -> Result<Order, ChangeOrderError>;

    /// Ends up to [`ReleaseLapsed::limit`] reservations of which [`release`](crate::order::release) says that
    /// they are over, those that lapsed first first, and returns the ids of their orders. Their units are on
    /// sale again. A reservation whose session may still be paid is left to
    /// [`PaymentBacklog::overdue`](super::PaymentBacklog::overdue) until it is out of grace. Two calls at once
    /// never end one twice.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn release_lapsed(&self, request: ReleaseLapsed) -> Result<Vec<OrderId>, StoreError>;
}

impl From<ChangeRefused> for ChangeOrderError {
    fn from(refused: ChangeRefused) -> Self {
        match refused {
            ChangeRefused::NotTheirs => Self::NotFound,
            ChangeRefused::NotAllowed(error) => Self::NotAllowed(error),
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
    /// The store failed.
    #[error("placing an order failed")]
    Unavailable(#[from] StoreError),
}

/// Why an order was not canceled or refunded.
#[derive(Debug, Error)]
pub enum ChangeOrderError {
    /// There is no such order, or it is not the actor's to change.
    #[error("there is no such order")]
    NotFound,
    /// An order in this state cannot be canceled or refunded.
    #[error("the order is {0}")]
    InvalidState(OrderState),
    /// The payment is disputed: the provider accepts no refund until the dispute has ended.
    #[error("the order's payment is disputed")]
    DisputeOpen,
    /// The role of the operator does not allow it.
    #[error(transparent)]
    NotAllowed(NotAllowed),
    /// The store failed.
    #[error("changing an order failed")]
    Unavailable(#[from] StoreError),
}

/// Reads orders.
///
/// [`Order::payment_url`] is what [`payment_url`](crate::order::payment_url) says of the session of the charge
/// that the order belongs to. [`Order::refunded`] is the sum that
/// [`Reversed::refunded`](crate::payment::Reversed::refunded) has set last, or zero.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait OrderReader: Send + Sync {
    /// Returns the order if `viewer` is its buyer or its seller, else `None`.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn find(&self, id: OrderId, viewer: AccountId) -> Result<Option<Order>, StoreError>;

    /// Returns a page of the buyer's orders in any state, the newest first; empty for an unknown account.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn of_buyer(
        &self,
        buyer: AccountId,
        page: PageRequest<OrderId>,
    ) -> Result<Page<Order, OrderId>, StoreError>;

    /// Returns a page of the orders of the seller's listings in any state that were placed in the period, the newest
    /// first; empty for an unknown account.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn of_seller(
        &self,
        seller: AccountId,
        period: SalesPeriod,
        page: PageRequest<OrderId>,
    ) -> Result<Page<Sale, OrderId>, StoreError>;

    /// Returns the seller's [sales](DailySales) on each day, UTC, of the orders created from `since` on. The oldest
    /// day comes first; days on which no unit was sold are left out. Over all days, units and revenue are those of
    /// the seller's listings together, see [`ListingReader::of_seller`](super::ListingReader::of_seller).
    ///
    /// # Errors
    /// [`StoreError`]
    async fn daily_sales(
        &self,
        seller: AccountId,
        since: Timestamp,
    ) -> Result<Vec<DailySales>, StoreError>;
}
