//! Writing a move of an order with all of its effects.

use udam_domain::StoreError;
use udam_domain::id::{ChargeId, ListingId, OrderId};
use udam_domain::listing::ServiceChanges;
use udam_domain::money::Money;
use udam_domain::order::{
    Move, NewToken, Order, PaymentRoute, ReturnedUnits, StockDelta, StockEffect, TokenEffect,
};
use udam_domain::payment::{ChargeState, Refund};
use udam_domain::time::Timestamp;
use udam_domain::token::{Token, TokenState};
use udam_domain::units::Stock;

use super::data::{Data, missing};
use super::rows::RefundRow;

impl Data {
    /// Writes a move. What it gives back is the caller's to see to. `token` is for a move that issues one.
    pub(super) fn write_move(
        &mut self,
        order: &Order,
        step: Move,
        at: Timestamp,
        token: Option<NewToken>,
    ) -> Result<(), StoreError> {
        self.move_stock(order.listing_id, StockDelta::of_move(order, step))?;
        let row = self.orders.get_mut(&order.id).ok_or_else(missing)?;
        row.order = row.order.clone().moved(step, at);
        if step.stock == StockEffect::SoldToAvailable {
            row.returned = ReturnedUnits::ForSale;
        }
        self.record_let_go(order, step, at);
        match step.token {
            TokenEffect::None => {}
            TokenEffect::Issue => self.issue(order, token.ok_or_else(missing)?, at),
            TokenEffect::Revoke => self.set_token(order.id, TokenState::Revoked),
            TokenEffect::Restore => self.set_token(order.id, TokenState::Active),
        }
        if step.to.closes_charge() {
            self.close_charge_of(order.id);
        }
        Ok(())
    }

    fn set_token(&mut self, order: OrderId, state: TokenState) {
        let tokens = self.tokens.values_mut();
        let own = tokens.filter(|token| token.order_id == order);
        own.for_each(|token| token.state = state);
    }

    fn issue(&mut self, order: &Order, token: NewToken, at: Timestamp) {
        let issued = Token {
            id: token.id,
            order_id: order.id,
            listing_id: order.listing_id,
            buyer_id: order.buyer_id,
            seller_id: order.seller_id,
            service_name: order.service_name.clone(),
            units: order.units,
            state: NewToken::STATE,
            expires_at: token.expires_at,
            created_at: at,
            revealed_at: None,
            service_changes: ServiceChanges::default(),
            gateway: None,
        };
        self.tokens.insert(issued.id, issued);
    }

    pub(super) fn move_stock(
        &mut self,
        listing: ListingId,
        delta: StockDelta,
    ) -> Result<(), StoreError> {
        let row = self.listings.get_mut(&listing).ok_or_else(missing)?;
        let moved = |stock: Stock, by: i64| {
            Stock::new(i64::from(stock.get()).saturating_add(by))
                .map_err(|error| StoreError::Failed(error.into()))
        };
        row.available = moved(row.available, delta.available)?;
        row.held = moved(row.held, delta.held)?;
        row.sold = moved(row.sold, delta.sold)?;
        let more = Money::new(delta.revenue_minor, row.revenue.currency());
        row.revenue = row.revenue.checked_add(more)?;
        Ok(())
    }

    /// The charge that was made for an order is asked for no more. Its session may still be paid.
    fn close_charge_of(&mut self, order: OrderId) {
        let Some(charge) = self.charge_of_order(order) else {
            return;
        };
        if let Some(row) = self.charges.get_mut(&charge)
            && row.state == ChargeState::Open
        {
            row.state = ChargeState::Closed;
            self.let_go(charge);
        }
    }

    /// Puts the small orders that a charge carries back on the tab alone.
    pub(super) fn let_go(&mut self, charge: ChargeId) {
        let carried = self
            .orders
            .values_mut()
            .filter(|row| row.charge == Some(charge) && row.order.route == PaymentRoute::Tab);
        carried.for_each(|row| row.charge = None);
    }

    /// The charge that was made for an order.
    pub(super) fn charge_of_order(&self, id: OrderId) -> Option<ChargeId> {
        let mut charges = self.charges.values();
        let own = charges.find(|row| row.charge.order.as_ref().is_some_and(|own| own.id == id));
        own.map(|row| row.charge.id)
    }

    /// Whether an order has a session that may still be paid.
    pub(super) fn may_be_paid(&self, id: OrderId) -> bool {
        let charge = self.charge_of_order(id);
        let row = charge.and_then(|charge| self.charges.get(&charge));
        row.is_some_and(|row| row.payable && row.charge.session.is_some())
    }

    /// Inserts a refund, or changes it and keeps its claim.
    pub(super) fn write_refund(&mut self, charge: ChargeId, refund: Refund) {
        let known = self.refunds.get(&refund.id);
        let claimed_until = known.and_then(|row| row.claimed_until);
        let row = RefundRow {
            charge,
            refund,
            claimed_until,
        };
        self.refunds.insert(row.refund.id, row);
    }
}
