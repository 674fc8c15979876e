use async_trait::async_trait;
use udam_domain::audit::AuditAction;
use udam_domain::id::{AccountId, ChargeId, OrderId};
use udam_domain::money::Money;
use udam_domain::order::{
    self, Authority, BuyerSnapshot, CancelOrder, CanceledBy, ListingSnapshot, NewOrder, Order,
    OrderBatch, Outcome, PlaceOrder, PlacedOrder, PriorOrder, RefundOrder, Reservation,
    ReturnedUnits, StockDelta,
};
use udam_domain::payment::{self, ChargeState, ChargeToRefund, GiveBack, OrderToRefund};
use udam_domain::policy::ReleaseLapsed;
use udam_domain::{ChangeOrderError, OrderStore, PlaceOrderError, StoreError};

use super::MemoryStore;
use super::data::{Data, missing};
use super::rows::OrderRow;

#[async_trait]
impl OrderStore for MemoryStore {
    async fn place(&self, order: PlaceOrder) -> Result<PlacedOrder, PlaceOrderError> {
        // This service has no sessions: it has authenticated the buyer itself.
        let Authority::Account(buyer_id) = order.authority else {
            return Err(PlaceOrderError::Unauthenticated);
        };
        self.change(|data| {
            let mut batch = data.batch_for(&order, buyer_id);
            let (id, replayed) = match batch.place(&order, buyer_id, &self.policy) {
                Outcome::Place(new) => (data.insert_order(new)?, false),
                Outcome::Replay(id) => (id, true),
                Outcome::KeyReused => return Err(PlaceOrderError::IdempotencyKeyReused),
                Outcome::ListingNotFound => return Err(PlaceOrderError::ListingNotFound),
                Outcome::BuyerNotFound => return Err(PlaceOrderError::Unauthenticated),
                Outcome::Reject(rejection) => return Err(rejection.into()),
                Outcome::HoldsUnknown => return Err(missing().into()),
            };
            let order = data.order(id).ok_or_else(missing)?;
            Ok(PlacedOrder { order, replayed })
        })
    }

    async fn cancel(&self, cancel: CancelOrder) -> Result<Order, ChangeOrderError> {
        self.change(|data| {
            let id = cancel.order_id;
            let order = data.order(id).ok_or(ChangeOrderError::NotFound)?;
            if let Some(step) = order::cancel(&order, &cancel)? {
                data.write_move(&order, step, cancel.at, None)?;
                if let CanceledBy::Party(actor) = cancel.by {
                    data.record(AuditAction::OrderCanceled, actor, cancel.at);
                }
            }
            Ok(data.order(id).ok_or_else(missing)?)
        })
    }

    async fn refund(&self, refund: RefundOrder) -> Result<Order, ChangeOrderError> {
        self.change(|data| {
            let id = refund.order_id;
            let order = data.order(id).ok_or(ChangeOrderError::NotFound)?;
            if let Some(step) = order::refund(&order, &refund)? {
                data.write_move(&order, step, refund.at, None)?;
                let charge = data.charge_to_refund(id)?;
                let can = data.give_back(&order, charge, |to_refund, charge| {
                    payment::give_back(to_refund, charge, refund.refund_id)
                })?;
                if !can {
                    return Err(ChangeOrderError::DisputeOpen);
                }
                data.record(AuditAction::OrderRefunded, refund.by.actor(), refund.at);
            }
            Ok(data.order(id).ok_or_else(missing)?)
        })
    }

    async fn release_lapsed(&self, request: ReleaseLapsed) -> Result<Vec<OrderId>, StoreError> {
        self.change(|data| {
            let mut first_lapsed: Vec<Order> = data
                .orders
                .values()
                .filter(|row| row.order.lapses_at.is_some())
                .map(|row| row.order.clone())
                .collect();
            first_lapsed.sort_by_key(|order| (order.lapses_at, order.id));
            let mut released = Vec::new();
            for order in first_lapsed {
                let reservation = Reservation {
                    state: order.state,
                    lapses_at: order.lapses_at,
                    may_be_paid: data.may_be_paid(order.id),
                };
                let Some(step) = order::release(&reservation, &request) else {
                    continue;
                };
                if released.len() == usize::from(request.limit) {
                    break;
                }
                data.write_move(&order, step, request.now, None)?;
                released.push(order.id);
            }
            Ok(released)
        })
    }
}

impl Data {
    /// What an order touches, ready to be decided on.
    fn batch_for(&self, order: &PlaceOrder, buyer_id: AccountId) -> OrderBatch {
        let listing = self.listings.get(&order.listing_id);
        let listing = listing.map(|row| ListingSnapshot {
            id: row.published.id,
            seller_id: row.published.seller.account_id,
            state: row.state,
            price: row.published.details.price_per_unit,
            available: row.available,
            pay_first: row.published.details.pay_first,
            max_units_per_order: row.published.details.max_units_per_order,
            terms: None,
        });
        let buyer = self.tab(buyer_id).map(|tab| BuyerSnapshot {
            tab,
            network_today: None,
            is_verified: true,
        });
        let prior = order.idempotency_key.clone().and_then(|key| {
            let key = (buyer_id, key);
            let made = &self.orders.get(self.keys.get(&key)?)?.order;
            let prior = PriorOrder {
                order_id: made.id,
                listing_id: made.listing_id,
                units: made.units,
            };
            Some((key, prior))
        });
        let networks = self.networks.iter().map(|(day, sum)| (*day, *sum));
        let mut batch = OrderBatch::new(listing, buyer, prior).with_networks(networks);
        batch.know_holds(
            [(buyer_id, self.holds(buyer_id, order.placed_at))],
            self.held_by_network(),
        );
        batch
    }

    fn insert_order(&mut self, new: NewOrder) -> Result<OrderId, StoreError> {
        let id = new.id;
        self.move_stock(new.listing_id, StockDelta::of_new(&new))?;
        if let Some(total) = new.put_on_tab() {
            let tab = self.tabs.get_mut(&new.buyer_id).ok_or_else(missing)?;
            *tab = tab.checked_add(total)?;
            if let Some(day) = new.network {
                let nothing = Money::zero(total.currency());
                let sum = self.networks.entry(day).or_insert(nothing);
                *sum = sum.checked_add(total)?;
            }
        }
        if let Some(key) = &new.idempotency_key {
            self.keys.insert((new.buyer_id, key.clone()), id);
        }
        let listing = self.listings.get(&new.listing_id).ok_or_else(missing)?;
        let name = listing.published.details.service_name.clone();
        if let Some(token) = new.clone().into_token(name.clone()) {
            self.tokens.insert(token.id, token);
        }
        let network = new.network.map(|day| day.network);
        let row = OrderRow {
            order: new.into_order(name),
            charge: None,
            returned: ReturnedUnits::default(),
            network,
        };
        self.orders.insert(id, row);
        Ok(id)
    }

    /// The charge that an order is refunded out of, with its id, if it belongs to one.
    pub(super) fn charge_to_refund(
        &self,
        order: OrderId,
    ) -> Result<Option<(ChargeId, ChargeToRefund)>, StoreError> {
        let charge = self.orders.get(&order).and_then(|row| row.charge);
        let Some(row) = charge.and_then(|charge| self.charges.get(&charge)) else {
            return Ok(None);
        };
        let charge = match row.state {
            ChargeState::Paid => ChargeToRefund::Paid(self.paid_charge(row)?),
            state => ChargeToRefund::Unpaid(state),
        };
        Ok(Some((row.charge.id, charge)))
    }

    /// Writes how the money of a refunded order goes back. Returns whether it can: see [`GiveBack::Disputed`].
    pub(super) fn give_back(
        &mut self,
        order: &Order,
        charge: Option<(ChargeId, ChargeToRefund)>,
        rule: impl FnOnce(&OrderToRefund, Option<ChargeToRefund>) -> GiveBack,
    ) -> Result<bool, StoreError> {
        let to_refund = OrderToRefund {
            id: order.id,
            route: order.route,
            total: order.total,
        };
        let (id, charge) = charge.unzip();
        match (rule(&to_refund, charge), id) {
            (GiveBack::OffTheTab(amount), _) => self.take_off_tab(order.buyer_id, amount)?,
            (GiveBack::ThroughProvider(refunds), Some(id)) => {
                for refund in refunds {
                    self.write_refund(id, refund);
                }
            }
            (GiveBack::Disputed, _) => return Ok(false),
            (GiveBack::Nothing | GiveBack::ThroughProvider(_), _) => {}
        }
        Ok(true)
    }
}
