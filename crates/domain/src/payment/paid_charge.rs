//! A paid charge with all that has gone back of it.

use super::dispute::{Dispute, Taken};
use super::reference::ProviderReference;
use super::refund::{Refund, RefundState};
use crate::id::{ChargeId, OrderId};
use crate::money::Money;
use crate::order::OrderState;
use crate::time::Timestamp;
use crate::token::TokenState;

/// A charge that was paid, read under the locks of the orders it pays for and of the charge.
///
/// All amounts are in the currency of the charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidCharge {
    /// Its identifier.
    pub id: ChargeId,
    /// The provider's id of its payment.
    pub payment: ProviderReference,
    /// Amount that was paid.
    pub total: Money,
    /// Highest cumulative sum of refunds that the provider has reported, from zero to `total`.
    pub reported: Money,
    /// All refunds out of it, by id.
    pub refunds: Vec<Refund>,
    /// All disputes about it.
    pub disputes: Vec<Dispute>,
    /// The orders that belong to it: its own, and those that it has carried.
    pub orders: Vec<PaidOrder>,
}

/// An order that a charge has paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaidOrder {
    /// Its identifier.
    pub id: OrderId,
    /// Its state.
    pub state: OrderState,
    /// Its price.
    pub total: Money,
    /// Whether the charge was made for it; otherwise the charge carried it off the tab.
    pub own: bool,
    /// Its token; `None` if it was never fulfilled.
    pub token: Option<PaidToken>,
    /// Sum that has gone back for it by refunds.
    pub refunded: Money,
}

/// The token of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaidToken {
    /// Its state.
    pub state: TokenState,
    /// Time from which it grants no access, UTC.
    pub expires_at: Timestamp,
}

/// Sums, in minor units of the charge's currency.
impl PaidCharge {
    pub(super) fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.total.currency())
    }

    /// Refunds of the charge's own payment.
    fn own_refunds(&self) -> impl Iterator<Item = &Refund> {
        self.refunds
            .iter()
            .filter(|refund| refund.other_payment.is_none())
    }

    /// Sum of the refunds that have left.
    pub(super) fn left(&self) -> i64 {
        sum(self.own_refunds().filter(|refund| refund.state.has_left()))
    }

    /// Sum of the refunds whose ids at the provider are known, also of those that have failed since.
    pub(super) fn identified(&self) -> i64 {
        sum(self
            .own_refunds()
            .filter(|refund| refund.reference.is_some()))
    }

    /// Sum of the refunds that may have been requested without that being recorded.
    pub(super) fn claimed(&self) -> i64 {
        sum(self
            .own_refunds()
            .filter(|refund| refund.is_unsent() && refund.claimed))
    }

    /// Sum of the refunds that are owed.
    pub(super) fn unsent(&self) -> i64 {
        sum(self.own_refunds().filter(|refund| refund.is_unsent()))
    }

    /// Sum that disputes have taken for good.
    pub(super) fn lost(&self) -> i64 {
        let lost = self.disputes.iter().filter_map(Dispute::lost);
        lost.fold(0, |sum, amount| sum.saturating_add(amount.minor()))
    }

    /// Sum of the orders that are fulfilled.
    fn kept(&self) -> i64 {
        let kept = self
            .orders
            .iter()
            .filter(|order| order.state == OrderState::Fulfilled);
        kept.fold(0, |sum, order| sum.saturating_add(order.total.minor()))
    }

    /// What of the payment can still be refunded at the provider, apart from what is owed.
    pub(super) fn refundable(&self) -> i64 {
        let gone = self.left().saturating_add(self.lost());
        self.total.minor().saturating_sub(gone).max(0)
    }

    /// What of the payment has neither fulfilled an order, nor gone back, nor is owed.
    pub(super) fn shortfall(&self) -> i64 {
        let gone = self.left().saturating_add(self.lost());
        let accounted = self
            .kept()
            .saturating_add(gone)
            .saturating_add(self.unsent());
        self.total.minor().saturating_sub(accounted).max(0)
    }

    /// Sum that has gone back for an order by refunds, up to its price.
    pub(super) fn returned(&self, order: &PaidOrder) -> i64 {
        let price = order.total.minor();
        if self.left() >= self.total.minor() {
            return price;
        }
        let own = self
            .own_refunds()
            .filter(|refund| refund.order_id == Some(order.id) && refund.state.has_left());
        sum(own).min(price)
    }

    /// Whether a lost dispute has taken an order.
    pub(super) fn is_taken(&self, order: OrderId) -> bool {
        let taken = self.disputes.iter().flat_map(|dispute| &dispute.orders);
        let mut taken = taken.filter(|disputed| disputed.taken != Taken::Nothing);
        taken.any(|disputed| disputed.id == order)
    }

    /// The orders of which something can still go back: fulfilled ones, and those whose refund is owed.
    pub(super) fn unreturned(&self) -> impl Iterator<Item = &PaidOrder> {
        self.orders.iter().filter(|order| {
            order.token.is_some()
                && !self.is_taken(order.id)
                && self.returned(order) < order.total.minor()
        })
    }

    /// Whether a dispute is open, so that the provider accepts no refund.
    #[must_use]
    pub fn has_open_dispute(&self) -> bool {
        self.disputes.iter().any(Dispute::is_open)
    }

    /// Amounts and states of the refunds that the provider has not accepted: none is given twice, and no more
    /// than is left of the payment. The oldest come first.
    pub(super) fn limit_unsent(&mut self) {
        let disputed = self.has_open_dispute();
        let mut left = self.refundable();
        let caps: Vec<(OrderId, i64)> = self
            .orders
            .iter()
            .map(|order| (order.id, self.cap(order)))
            .collect();
        let mut used: Vec<(OrderId, i64)> = Vec::new();
        self.refunds.sort_by_key(|refund| refund.id);
        let own = self
            .refunds
            .iter_mut()
            .filter(|refund| refund.is_unsent() && refund.other_payment.is_none());
        for refund in own {
            let cap = refund.order_id.map_or(i64::MAX, |id| {
                let cap = caps.iter().find(|(order, _)| *order == id);
                let before = used.iter().filter(|(order, _)| *order == id);
                let before = before.fold(0_i64, |sum, (_, minor)| sum.saturating_add(*minor));
                cap.map_or(i64::MAX, |(_, cap)| cap.saturating_sub(before).max(0))
            });
            let amount = refund.wanted.minor().min(cap).min(left);
            left = left.saturating_sub(amount);
            used.extend(refund.order_id.map(|id| (id, amount)));
            refund.amount = Money::new(amount, refund.amount.currency());
            refund.state = match (amount, disputed) {
                (0, _) => RefundState::Covered,
                (_, true) => RefundState::Held,
                (_, false) => RefundState::Owed,
            };
        }
    }

    /// What is left to give back for an order that is refunded.
    fn cap(&self, order: &PaidOrder) -> i64 {
        if self.is_taken(order.id) || self.is_lost(order.id) {
            return 0;
        }
        order.total.minor().saturating_sub(self.returned(order))
    }

    /// Whether a lost dispute was about all of an order that had been refunded before.
    fn is_lost(&self, order: OrderId) -> bool {
        let lost = self
            .disputes
            .iter()
            .filter(|dispute| dispute.lost().is_some());
        let covers = |dispute: &&Dispute| {
            let about: Vec<_> = dispute.orders.iter().map(|order| order.id).collect();
            let price = self.orders.iter().filter(|order| about.contains(&order.id));
            let price = price.fold(0_i64, |sum, order| sum.saturating_add(order.total.minor()));
            about.contains(&order) && price <= dispute.amount.minor()
        };
        lost.filter(covers).count() > 0
    }
}

fn sum<'r>(refunds: impl Iterator<Item = &'r Refund>) -> i64 {
    refunds.fold(0, |sum, refund| sum.saturating_add(refund.amount.minor()))
}
