//! A charge while a reversal is applied to it.

mod disputes;
mod refunds;

use super::alert::PaymentAlert;
use super::dispute::Dispute;
use super::paid_charge::{PaidCharge, PaidOrder};
use super::refund::{Refund, RefundIds};
use super::reversal::{ReversalReport, Reversed, TokenChange};
use crate::id::OrderId;
use crate::money::Money;
use crate::order::{Move, OrderEvent, ReturnedUnits, TokenEffect, Transition, transition};
use crate::token::TokenState;

pub(super) struct Books<'c> {
    /// As it was read.
    before: &'c PaidCharge,
    /// As it is now.
    charge: PaidCharge,
    report: ReversalReport<'c>,
    ids: &'c mut RefundIds,
    /// The order that a refund is owed for, should something be missing.
    missing_for: Option<OrderId>,
    moves: Vec<(OrderId, Move)>,
    alerts: Vec<PaymentAlert>,
}

impl<'c> Books<'c> {
    pub(super) fn new(
        charge: &'c PaidCharge,
        report: ReversalReport<'c>,
        ids: &'c mut RefundIds,
    ) -> Self {
        Self {
            before: charge,
            charge: charge.clone(),
            report,
            ids,
            missing_for: None,
            moves: Vec::new(),
            alerts: Vec::new(),
        }
    }

    pub(super) fn alert(&mut self, alert: PaymentAlert) {
        self.alerts.push(alert);
    }

    /// Brings orders and refunds in line with what has gone back.
    pub(super) fn balance(&mut self) {
        self.explain_reported_sum();
        self.refund_returned_orders();
        self.charge.limit_unsent();
        // A claimed refund that is covered now explains no part of the reported sum any more.
        self.explain_reported_sum();
        self.refund_returned_orders();
        self.charge.limit_unsent();
        self.owe_what_is_missing();
        let gone = |charge: &PaidCharge| charge.left().saturating_add(charge.lost());
        let (before, now) = (gone(self.before), gone(&self.charge));
        let total = self.charge.total;
        if now > total.minor() && now > before {
            let gone = self.charge.money(now);
            self.alert(PaymentAlert::refunded_and_lost(self.charge.id, gone, total));
        }
    }

    /// Refunds each order for which as much as it costs has gone back.
    fn refund_returned_orders(&mut self) {
        let returned: Vec<OrderId> = self
            .charge
            .orders
            .iter()
            .filter(|order| self.charge.returned(order) >= order.total.minor())
            .map(|order| order.id)
            .collect();
        for id in returned {
            self.step(id, OrderEvent::Refunded(ReturnedUnits::StaySold));
        }
    }

    /// Owes what is missing for an order, and what is missing beyond that for none in particular.
    fn owe_what_is_missing(&mut self) {
        for order_id in [self.missing_for, None] {
            let missing = self.charge.shortfall();
            if missing == 0 {
                return;
            }
            let amount = self.charge.money(missing);
            let owed = Refund::owed(self.ids.take(), order_id, amount);
            self.charge.refunds.push(owed);
            self.charge.limit_unsent();
        }
    }

    /// Moves an order; returns whether it moved.
    fn step(&mut self, id: OrderId, event: OrderEvent) -> bool {
        let Some(order) = self.charge.orders.iter_mut().find(|order| order.id == id) else {
            return false;
        };
        let Transition::Move(step) = transition(order.state, event) else {
            return false;
        };
        order.state = step.to;
        if let Some(token) = &mut order.token {
            match step.token {
                TokenEffect::Revoke => token.state = TokenState::Revoked,
                TokenEffect::Restore => token.state = TokenState::Active,
                TokenEffect::None | TokenEffect::Issue => {}
            }
        }
        self.moves.push((id, step));
        true
    }

    /// Suspends the tokens of orders with an open dispute, and restores those without.
    fn token_changes(&self) -> Vec<TokenChange> {
        let inquiries = self.report.inquiries;
        let open = |dispute: &&Dispute| dispute.suspends(inquiries);
        let suspended: Vec<OrderId> = self
            .charge
            .disputes
            .iter()
            .filter(open)
            .flat_map(|dispute| dispute.orders.iter().map(|order| order.id))
            .collect();
        let changes = [
            (TokenState::Active, TokenState::Suspended),
            (TokenState::Suspended, TokenState::Active),
        ];
        let change = |(from, to): (TokenState, TokenState)| {
            let concerned = self.charge.orders.iter().filter(|order| {
                order.token.is_some_and(|token| token.state == from)
                    && suspended.contains(&order.id) == (to == TokenState::Suspended)
            });
            let orders = concerned.map(|order| order.id).collect();
            TokenChange { orders, from, to }
        };
        let changes = changes.into_iter().map(change);
        changes.filter(|change| !change.orders.is_empty()).collect()
    }

    /// The changes since the charge was read.
    pub(super) fn close(self) -> Reversed {
        let tokens = self.token_changes();
        let refunded = |order: &PaidOrder| {
            let returned = self.charge.money(self.charge.returned(order));
            (order.refunded != returned).then_some((order.id, returned))
        };
        let refunded: Vec<(OrderId, Money)> =
            self.charge.orders.iter().filter_map(refunded).collect();
        let new_or_changed = |refund: &Refund| !self.before.refunds.contains(refund);
        let mut refunds = self.charge.refunds;
        refunds.retain(new_or_changed);
        let mut disputes = self.charge.disputes;
        disputes.retain(|dispute| !self.before.disputes.contains(dispute));
        Reversed {
            reported: self.charge.reported,
            refunds,
            disputes,
            refunded,
            moves: self.moves,
            tokens,
            alerts: self.alerts,
        }
    }
}
