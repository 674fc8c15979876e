//! Orders in memory, under one lock. What a store is for and nothing else: it reads what the rules
//! need, asks them, and writes what they say, all in one step.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use udam_domain::id::{AccountId, ListingId, OrderId};
use udam_domain::listing::ServiceName;
use udam_domain::money::{Currency, Money};
use udam_domain::order::{
    Authority, BuyerSnapshot, CancelOrder, DailySales, IdempotencyKey, ListingSnapshot,
    MoneyEffect, NewOrder, Order, OrderBatch, OrderEvent, OrderState, Outcome, PlaceOrder,
    PlacedOrder, PriorOrder, RefundOrder, StockEffect, Transition, transition,
};
use udam_domain::page::{Page, PageRequest};
use udam_domain::payment::{PaymentRoute, Tab};
use udam_domain::policy::{OrderPolicy, ReleaseLapsed};
use udam_domain::time::{Date, Timestamp, day_of};
use udam_domain::{ChangeOrderError, OrderReader, OrderStore, PlaceOrderError, StoreError};

pub(crate) struct MemoryStore {
    policy: OrderPolicy,
    books: Mutex<Books>,
}

#[derive(Default)]
struct Books {
    listings: HashMap<ListingId, (ListingSnapshot, ServiceName)>,
    tabs: HashMap<AccountId, Tab>,
    orders: BTreeMap<OrderId, Order>,
    keys: HashMap<(AccountId, IdempotencyKey), OrderId>,
}

impl MemoryStore {
    pub(crate) fn new(policy: OrderPolicy) -> Self {
        let books = Mutex::default();
        Self { policy, books }
    }

    pub(crate) fn list(&self, listing: ListingSnapshot, name: ServiceName) {
        self.books().listings.insert(listing.id, (listing, name));
    }

    pub(crate) fn open_tab(&self, buyer_id: AccountId, currency: Currency) {
        let open = Money::zero(currency);
        self.books().tabs.insert(buyer_id, Tab { buyer_id, open });
    }

    /// Nothing panics under the lock, so a poisoned one guards no half-written books.
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl OrderStore for MemoryStore {
    async fn place(&self, order: PlaceOrder) -> Result<PlacedOrder, PlaceOrderError> {
        // This service has no sessions: it has signed its user in itself.
        let Authority::Account(buyer_id) = order.authority else {
            return Err(PlaceOrderError::Unauthenticated);
        };
        let mut books = self.books();
        let outcome = books
            .read_for(&order, buyer_id)
            .place(&order, buyer_id, &self.policy);
        let (order, replayed) = match outcome {
            Outcome::Place(new) => (books.write(new), false),
            Outcome::Replay(id) => (books.orders.get(&id).cloned(), true),
            Outcome::KeyReused => return Err(PlaceOrderError::IdempotencyKeyReused),
            Outcome::ListingNotFound => return Err(PlaceOrderError::ListingNotFound),
            Outcome::BuyerNotFound => return Err(PlaceOrderError::Unauthenticated),
            Outcome::Reject(rejection) => return Err(rejection.into()),
        };
        let order = order.ok_or_else(contradiction)?;
        Ok(PlacedOrder { order, replayed })
    }

    async fn cancel(&self, cancel: CancelOrder) -> Result<Order, ChangeOrderError> {
        let is_theirs = |order: &Order| order.buyer_id == cancel.buyer.account_id;
        self.books().apply(
            OrderEvent::CanceledByBuyer,
            cancel.order_id,
            cancel.at,
            is_theirs,
        )
    }

    async fn refund(&self, refund: RefundOrder) -> Result<Order, ChangeOrderError> {
        let is_theirs = |order: &Order| order.seller_id == refund.seller.account_id;
        self.books().apply(
            OrderEvent::Refunded(refund.units),
            refund.order_id,
            refund.at,
            is_theirs,
        )
    }

    async fn release_lapsed(&self, request: ReleaseLapsed) -> Result<Vec<OrderId>, StoreError> {
        let ReleaseLapsed { now, limit, .. } = request;
        let mut books = self.books();
        let has_lapsed = |order: &&Order| order.lapses_at.is_some_and(|lapses_at| lapses_at <= now);
        let lapsed = books.orders.values().filter(has_lapsed);
        let lapsed: Vec<_> = lapsed.map(|order| order.id).take(limit.into()).collect();
        for id in &lapsed {
            books
                .apply(OrderEvent::Lapsed, *id, now, |_| true)
                .map_err(|error| StoreError::Failed(error.into()))?;
        }
        Ok(lapsed)
    }
}

#[async_trait]
impl OrderReader for MemoryStore {
    async fn find(&self, id: OrderId, viewer: AccountId) -> Result<Option<Order>, StoreError> {
        let books = self.books();
        let order = books.orders.get(&id);
        let visible = order.filter(|order| [order.buyer_id, order.seller_id].contains(&viewer));
        Ok(visible.cloned())
    }

    async fn of_buyer(
        &self,
        buyer: AccountId,
        page: PageRequest<OrderId>,
    ) -> Result<Page<Order, OrderId>, StoreError> {
        Ok(self.books().page(page, |order| order.buyer_id == buyer))
    }

    async fn of_seller(
        &self,
        seller: AccountId,
        page: PageRequest<OrderId>,
    ) -> Result<Page<Order, OrderId>, StoreError> {
        Ok(self.books().page(page, |order| order.seller_id == seller))
    }

    async fn daily_sales(
        &self,
        seller: AccountId,
        since: Timestamp,
    ) -> Result<Vec<DailySales>, StoreError> {
        let books = self.books();
        let sold = books.orders.values().filter(|order| {
            let counts = order.state == OrderState::Fulfilled && order.created_at >= since;
            counts && order.seller_id == seller
        });
        let mut days: BTreeMap<Date, DailySales> = BTreeMap::new();
        for order in sold {
            let day = day_of(order.created_at);
            let nothing = DailySales::none(day, order.total.currency());
            let sales = days.entry(day).or_insert(nothing);
            let revenue = sales.revenue.checked_add(order.total);
            sales.units = sales.units.saturating_add(order.units.get().into());
            sales.revenue = revenue.map_err(|error| StoreError::Failed(error.into()))?;
        }
        Ok(days.into_values().collect())
    }

    async fn tab(&self, buyer: AccountId) -> Result<Option<Tab>, StoreError> {
        Ok(self.books().tabs.get(&buyer).copied())
    }
}

impl Books {
    /// What an order touches, ready to be decided on.
    fn read_for(&self, order: &PlaceOrder, buyer_id: AccountId) -> OrderBatch {
        let listing = self.listings.get(&order.listing_id);
        let buyer = self.tabs.get(&buyer_id);
        let prior = order.idempotency_key.clone().and_then(|key| {
            let key = (buyer_id, key);
            let made = self.orders.get(self.keys.get(&key)?)?;
            let (order_id, listing_id, units) = (made.id, made.listing_id, made.units);
            Some((
                key,
                PriorOrder {
                    order_id,
                    listing_id,
                    units,
                },
            ))
        });
        OrderBatch::new(
            listing.map(|(listing, _)| *listing),
            buyer.map(|tab| BuyerSnapshot { tab: *tab }),
            prior,
        )
    }

    /// Takes the units, puts what is owed on the tab, and keeps the order.
    fn write(&mut self, new: NewOrder) -> Option<Order> {
        let (listing, service_name) = self.listings.get_mut(&new.listing_id)?;
        let tab = self.tabs.get_mut(&new.buyer_id)?;
        listing.available = listing.available.take(new.units)?;
        if new.route == PaymentRoute::Tab {
            tab.open = tab.open.checked_add(new.total).ok()?;
        }
        if let Some(key) = &new.idempotency_key {
            self.keys.insert((new.buyer_id, key.clone()), new.id);
        }
        let order = new.into_order(service_name.clone());
        self.orders.insert(order.id, order.clone());
        Some(order)
    }

    /// Moves an order as the rules say, and with it its units and what is owed for it: no payments
    /// reach this service, so whatever is to be given back is on the tab.
    fn apply(
        &mut self,
        event: OrderEvent,
        id: OrderId,
        at: Timestamp,
        may: impl FnOnce(&Order) -> bool,
    ) -> Result<Order, ChangeOrderError> {
        let order = self.orders.get_mut(&id).filter(|order| may(order));
        let order = order.ok_or(ChangeOrderError::NotFound)?;
        let step = match transition(order.state, event) {
            Transition::Move(step) => step,
            Transition::Unchanged => return Ok(order.clone()),
            Transition::Refused => return Err(ChangeOrderError::InvalidState(order.state)),
        };
        if let StockEffect::HeldToAvailable | StockEffect::SoldToAvailable = step.stock {
            let listing = self.listings.get_mut(&order.listing_id);
            let (listing, _) = listing.ok_or_else(contradiction)?;
            let more = listing.available.plus(order.units.into());
            listing.available = more.ok_or_else(contradiction)?;
        }
        if step.money == MoneyEffect::GiveBack {
            let tab = self.tabs.get_mut(&order.buyer_id);
            let tab = tab.ok_or_else(contradiction)?;
            let less = tab.open.checked_sub(order.total);
            tab.open = less.map_err(|error| StoreError::Failed(error.into()))?;
        }
        order.state = step.to;
        order.lapses_at = None;
        // Nothing is paid here after it has been placed: whatever moves, ends.
        order.closed_at = Some(at);
        Ok(order.clone())
    }

    fn page(
        &self,
        page: PageRequest<OrderId>,
        wanted: impl Fn(&Order) -> bool,
    ) -> Page<Order, OrderId> {
        let end = page.after.map_or(Unbounded, Excluded);
        let newest_first = self.orders.range((Unbounded, end)).rev();
        let orders = newest_first.map(|(_, order)| order);
        let with_surplus = usize::from(page.limit.get()).saturating_add(1);
        let orders = orders.filter(|order| wanted(order)).take(with_surplus);
        Page::from_surplus(orders.cloned().collect(), page.limit, |order| order.id)
    }
}

fn contradiction() -> StoreError {
    StoreError::Failed("the books contradict themselves".into())
}
