//! Orders that buyers hold units for without having paid.

use std::collections::HashMap;

use udam_domain::account::Network;
use udam_domain::id::{AccountId, OrderId};
use udam_domain::order::{Holds, LetGo, Move, Order, OrderState, StockEffect, TabCarrier};
use udam_domain::payment::ChargeState;
use udam_domain::time::Timestamp;

use super::data::Data;
use super::rows::OrderRow;

impl Data {
    pub(super) fn holds(&self, buyer: AccountId, now: Timestamp) -> Holds {
        let open: Vec<&OrderRow> = self
            .held()
            .filter(|row| row.order.buyer_id == buyer)
            .collect();
        let mut carriers = open
            .iter()
            .map(|row| row.order.id)
            .filter(|id| self.may_carry(*id));
        let carrier = carriers.next().map(TabCarrier::Order);
        let mut charges = self.charges.values();
        let tab_in_checkout = charges.any(|row| {
            row.charge.buyer_id == buyer
                && row.charge.order.is_none()
                && row.state == ChargeState::Open
                && row.charge.expires_at > now
        });
        let let_go = self.let_go_holds.iter();
        Holds {
            open: u32::try_from(open.len()).unwrap_or(u32::MAX),
            tab_carrier: carrier.or(tab_in_checkout.then_some(TabCarrier::Tab)),
            let_go: let_go
                .filter(|((account, _), _)| *account == buyer)
                .map(|((_, listing), let_go)| (*listing, *let_go))
                .collect(),
        }
    }

    /// The orders that await payment of buyers who have never paid, counted by network.
    pub(super) fn held_by_network(&self) -> HashMap<Network, u32> {
        let mut held: HashMap<Network, u32> = HashMap::new();
        for row in self.held() {
            let buyer = self.tab(row.order.buyer_id);
            if let Some(network) = row.network
                && buyer.is_some_and(|tab| !tab.has_paid)
            {
                let count = held.entry(network).or_default();
                *count = count.saturating_add(1);
            }
        }
        held
    }

    /// Counts a hold that a move lets go.
    pub(super) fn record_let_go(&mut self, order: &Order, step: Move, at: Timestamp) {
        if step.stock != StockEffect::HeldToAvailable {
            return;
        }
        let key = (order.buyer_id, order.listing_id);
        let first = LetGo {
            count: 0,
            last_at: at,
        };
        let known = self.let_go_holds.entry(key).or_insert(first);
        known.count = known.count.saturating_add(1);
        known.last_at = known.last_at.max(at);
    }

    fn held(&self) -> impl Iterator<Item = &OrderRow> {
        let awaits = |row: &&OrderRow| row.order.state == OrderState::AwaitingPayment;
        self.orders.values().filter(awaits)
    }

    /// Whether the payment of an order carries the tab, or may once its charge is opened.
    fn may_carry(&self, order: OrderId) -> bool {
        let charge = self.charge_of_order(order);
        let charge = charge.and_then(|id| self.charges.get(&id));
        charge.is_none_or(|row| row.charge.tab.minor() > 0)
    }
}
