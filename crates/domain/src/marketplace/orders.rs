mod checkout;

use std::net::IpAddr;
use std::sync::Arc;

use super::payments::Payments;
use super::purchase::Purchase;
use crate::account::Network;
use crate::administration::Operator;
use crate::audit::{Actor, Reason};
use crate::id::{AccountId, ListingId, OrderId, RefundId, TokenId};
use crate::money::{Currency, Money};
use crate::opaque_debug::opaque_debug;
use crate::order::{
    Authority, CancelOrder, CanceledBy, DailySales, IdempotencyKey, Order, PlaceOrder, RefundOrder,
    RefundedBy, ReturnedUnits,
};
use crate::ports::{
    ChangeOrderError, Clock, Entropy, MarketplaceMetrics, OrderReader, OrderStore, PlaceOrderError,
    StoreError, SweepTrigger,
};
use crate::time::{last_days, start_of};
use crate::units::Units;

/// Placing orders, paying for them, canceling and refunding them.
#[derive(Clone)]
pub struct Orders {
    store: Arc<dyn OrderStore>,
    reader: Arc<dyn OrderReader>,
    payments: Option<Payments>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    metrics: Arc<dyn MarketplaceMetrics>,
    sweeps: Arc<dyn SweepTrigger>,
}

/// The ports that [`Orders`] needs.
#[derive(Clone)]
pub struct OrderPorts {
    /// Places and changes orders.
    pub store: Arc<dyn OrderStore>,
    /// Reads orders.
    pub reader: Arc<dyn OrderReader>,
    /// Time at which orders are placed and changed.
    pub clock: Arc<dyn Clock>,
    /// Source of identifiers.
    pub entropy: Arc<dyn Entropy>,
    /// Counts orders and checkouts.
    pub metrics: Arc<dyn MarketplaceMetrics>,
    /// Asks for a sweep once something is owed to the provider or a buyer.
    pub sweeps: Arc<dyn SweepTrigger>,
}

/// Asks for units of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuyUnits {
    /// The listing to buy from.
    pub listing_id: ListingId,
    /// Number of units, 1 to 1,000,000.
    pub units: Units,
    /// Price of one unit as the buyer was shown it; `None` accepts any.
    pub expected_price: Option<Money>,
    /// Key of the buyer's under which a repeat finds the same order; `None` places a new one each time.
    pub idempotency_key: Option<IdempotencyKey>,
    /// Address of the client; `None` if it is unknown.
    pub address: Option<IpAddr>,
}

impl Orders {
    /// The use cases over these ports; without `payments`, an order that cannot go on the tab is
    /// rejected by the store, and none can be paid.
    #[must_use]
    pub fn new(ports: OrderPorts, payments: Option<Payments>) -> Self {
        Self {
            store: ports.store,
            reader: ports.reader,
            payments,
            clock: ports.clock,
            entropy: ports.entropy,
            metrics: ports.metrics,
            sweeps: ports.sweeps,
        }
    }

    /// Places an order by the buyer's session or account and, if it awaits payment, opens its checkout.
    ///
    /// A checkout that fails does not undo the order: [`Purchase::checkout`] says so, and
    /// [`check_out`](Self::check_out) tries again.
    ///
    /// # Errors
    /// [`PlaceOrderError`]; no order has been placed then.
    pub async fn buy(
        &self,
        authority: Authority,
        request: BuyUnits,
    ) -> Result<Purchase, PlaceOrderError> {
        let now = self.clock.now();
        let address = request.address;
        let order = PlaceOrder {
            order_id: OrderId::mint(now, self.entropy.as_ref()),
            token_id: TokenId::mint(now, self.entropy.as_ref()),
            authority,
            listing_id: request.listing_id,
            units: request.units,
            expected_price: request.expected_price,
            idempotency_key: request.idempotency_key,
            network: address.map(Network::of),
            placed_at: now,
        };
        let placed = self.store.place(order).await;
        self.metrics.order_placed(&placed);
        Ok(self.with_checkout(placed?, address).await)
    }

    /// Cancels an order that awaits payment and that the actor has placed or sells, and asks for a sweep, which has
    /// the provider end its session.
    ///
    /// # Errors
    /// [`ChangeOrderError`]
    pub async fn cancel(&self, actor: Actor, order_id: OrderId) -> Result<Order, ChangeOrderError> {
        let cancel = CancelOrder {
            order_id,
            by: CanceledBy::Party(actor),
            at: self.clock.now(),
        };
        let canceled = self.store.cancel(cancel).await?;
        self.sweeps.trigger();
        Ok(canceled)
    }

    /// Refunds an order that the actor has sold, and asks for a sweep, which sends what is owed back.
    ///
    /// # Errors
    /// [`ChangeOrderError`]
    pub async fn refund(
        &self,
        seller: Actor,
        order_id: OrderId,
        units: ReturnedUnits,
    ) -> Result<Order, ChangeOrderError> {
        self.give_back(RefundedBy::Seller(seller), order_id, units)
            .await
    }

    /// Refunds an order as its seller could, for a reason that goes into the audit trail.
    ///
    /// # Errors
    /// [`ChangeOrderError`]
    pub async fn refund_by_operator(
        &self,
        by: Operator,
        order_id: OrderId,
        units: ReturnedUnits,
        reason: Reason,
    ) -> Result<Order, ChangeOrderError> {
        self.give_back(RefundedBy::Operator(by, reason), order_id, units)
            .await
    }

    async fn give_back(
        &self,
        by: RefundedBy,
        order_id: OrderId,
        units: ReturnedUnits,
    ) -> Result<Order, ChangeOrderError> {
        let now = self.clock.now();
        let refund = RefundOrder {
            order_id,
            by,
            at: now,
            units,
            refund_id: RefundId::mint(now, self.entropy.as_ref()),
        };
        let refunded = self.store.refund(refund).await?;
        self.sweeps.trigger();
        Ok(refunded)
    }

    /// The seller's sales on each of the last `days` days, today included, the oldest first. On a day
    /// without sales they are zero in `currency`, the one that the marketplace settles in.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn daily_sales(
        &self,
        seller: AccountId,
        days: u16,
        currency: Currency,
    ) -> Result<Vec<DailySales>, StoreError> {
        let days = last_days(self.clock.now(), days);
        let Some(first) = days.first() else {
            return Ok(Vec::new());
        };
        let sold = self.reader.daily_sales(seller, start_of(*first)).await?;
        Ok(DailySales::on_each(days, sold, currency))
    }
}

opaque_debug!(Orders, OrderPorts);

#[cfg(test)]
mod tests;
