use std::sync::Arc;

use crate::account::{Origin, SignedIn};
use crate::id::{AccountId, ListingId, OrderId, RefundId, TokenId};
use crate::money::{Currency, Money};
use crate::order::{
    Authority, CancelOrder, DailySales, IdempotencyKey, Order, PlaceOrder, PlacedOrder,
    RefundOrder, ReturnedUnits,
};
use crate::page::{Page, PageRequest};
use crate::payment::Tab;
use crate::ports::{
    ChangeOrderError, Clock, Entropy, OrderReader, OrderStore, PlaceOrderError, StoreError,
};
use crate::time::{last_days, start_of};
use crate::units::Units;

/// Placing orders, taking them back, and looking at them.
#[derive(Clone)]
pub struct Orders {
    /// Moves orders.
    pub orders: Arc<dyn OrderStore>,
    /// Reads orders.
    pub reader: Arc<dyn OrderReader>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Draws identifiers.
    pub entropy: Arc<dyn Entropy>,
}

/// Asks for units of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuyUnits {
    /// Which listing.
    pub listing_id: ListingId,
    /// How many units.
    pub units: Units,
    /// What the buyer was shown that a unit costs; any price will do if unsaid.
    pub expected_price: Option<Money>,
    /// The buyer's own name for the order.
    pub idempotency_key: Option<IdempotencyKey>,
}

impl Orders {
    /// Places an order by the buyer's session or account.
    ///
    /// # Errors
    /// [`PlaceOrderError`]
    pub async fn buy(
        &self,
        authority: Authority,
        request: BuyUnits,
    ) -> Result<PlacedOrder, PlaceOrderError> {
        let now = self.clock.now();
        let order = PlaceOrder {
            order_id: OrderId::mint(now, self.entropy.as_ref()),
            token_id: TokenId::mint(now, self.entropy.as_ref()),
            authority,
            listing_id: request.listing_id,
            units: request.units,
            expected_price: request.expected_price,
            idempotency_key: request.idempotency_key,
            placed_at: now,
        };
        self.orders.place(order).await
    }

    /// Gives up an order of the signed-in buyer's that awaits payment.
    ///
    /// # Errors
    /// [`ChangeOrderError`]
    pub async fn cancel(
        &self,
        buyer: &SignedIn,
        origin: &Origin,
        order_id: OrderId,
    ) -> Result<Order, ChangeOrderError> {
        let buyer = buyer.acting(origin, self.clock.now());
        self.orders.cancel(CancelOrder { order_id, buyer }).await
    }

    /// Takes back an order of the signed-in seller's.
    ///
    /// # Errors
    /// [`ChangeOrderError`]
    pub async fn refund(
        &self,
        seller: &SignedIn,
        origin: &Origin,
        order_id: OrderId,
        units: ReturnedUnits,
    ) -> Result<Order, ChangeOrderError> {
        let seller = seller.acting(origin, self.clock.now());
        let refund_id = RefundId::mint(seller.at, self.entropy.as_ref());
        self.orders
            .refund(RefundOrder {
                order_id,
                seller,
                units,
                refund_id,
            })
            .await
    }

    /// The order, if `viewer` is its buyer or its seller.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn find(&self, id: OrderId, viewer: AccountId) -> Result<Option<Order>, StoreError> {
        self.reader.find(id, viewer).await
    }

    /// A page of what the buyer has ordered.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn of_buyer(
        &self,
        buyer: AccountId,
        page: PageRequest<OrderId>,
    ) -> Result<Page<Order, OrderId>, StoreError> {
        self.reader.of_buyer(buyer, page).await
    }

    /// A page of what has been ordered of the seller.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn of_seller(
        &self,
        seller: AccountId,
        page: PageRequest<OrderId>,
    ) -> Result<Page<Order, OrderId>, StoreError> {
        self.reader.of_seller(seller, page).await
    }

    /// What the seller sold on each of the last `days` days, today included, the oldest first. A day without
    /// sales is one of nothing in `currency`, the one that the marketplace settles in.
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

    /// What the buyer owes.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn tab(&self, buyer: AccountId) -> Result<Option<Tab>, StoreError> {
        self.reader.tab(buyer).await
    }
}

#[cfg(test)]
mod tests;
