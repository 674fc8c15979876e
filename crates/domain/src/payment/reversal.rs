//! Refunds and disputes of payments, as the provider reports them.

mod books;

use super::alert::PaymentAlert;
use super::dispute::{Dispute, ReportedDispute};
use super::paid_charge::PaidCharge;
use super::reference::ProviderReference;
use super::refund::{Refund, RefundIds, ReportedRefund};
use crate::id::OrderId;
use crate::money::Money;
use crate::order::Move;
use crate::time::Timestamp;
use crate::token::TokenState;
use books::Books;

/// A refund or dispute of a payment received before.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reversal {
    /// Cumulative amount of the payment that has been refunded.
    Refunded(Money),
    /// A refund, with its outcome so far.
    Refund(ReportedRefund),
    /// A dispute, with its state.
    Dispute(ReportedDispute),
}

impl Reversal {
    const fn amount(&self) -> Money {
        match self {
            Self::Refunded(amount) => *amount,
            Self::Refund(refund) => refund.amount,
            Self::Dispute(dispute) => dispute.amount,
        }
    }
}

/// A reversal of a payment, as an event reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReversalReport<'e> {
    /// The payment: the charge's, or one that is given back because the charge had been paid already.
    pub payment: &'e ProviderReference,
    /// The reversal.
    pub reversal: &'e Reversal,
    /// Time at which it happened, by the provider's clock.
    pub happened_at: Timestamp,
    /// Time at which it is applied, UTC.
    pub now: Timestamp,
}

/// Changes that a reversal makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversed {
    /// New value of [`PaidCharge::reported`].
    pub reported: Money,
    /// Refunds that are new or have changed.
    pub refunds: Vec<Refund>,
    /// Disputes that are new or have changed.
    pub disputes: Vec<Dispute>,
    /// New values of [`PaidOrder::refunded`](super::PaidOrder::refunded), where they have changed.
    pub refunded: Vec<(OrderId, Money)>,
    /// Moves of orders. What is owed for them is among `refunds`.
    pub moves: Vec<(OrderId, Move)>,
    /// Changes of tokens, after those that the moves make.
    pub tokens: Vec<TokenChange>,
    /// Alerts to be raised.
    pub alerts: Vec<PaymentAlert>,
}

/// A change of the tokens of some orders. A token in another state than `from` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenChange {
    /// The orders whose tokens change.
    pub orders: Vec<OrderId>,
    /// The state that is left.
    pub from: TokenState,
    /// The state that is entered.
    pub to: TokenState,
}

/// Decides what a reversal does to the charge and to its orders.
///
/// - A **refund** belongs to the order that it was made for. One that an operator has made at the provider is
///   attributed by its metadata, or by its amount if that fits one order alone; else it is for none, and an alert
///   is raised. An order is refunded once as much as it costs has gone back.
/// - A refund that has **failed** is owed again.
/// - A **dispute** suspends the tokens of the orders that it concerns while it is open. A lost one refunds those
///   orders, but never more of them than was disputed. One that is lost no more restores them, unless a token has
///   expired: what cannot be restored is owed back.
/// - Reports arrive late, repeatedly and in any order, and lead to the same end. A cumulative sum below one
///   reported before is late.
/// - What was paid has fulfilled an order, has gone back, or is owed; and no more is owed than is left at the
///   provider. While a dispute is open, refunds are held.
///
/// A report in another currency than the charge changes nothing, and raises an alert.
#[must_use]
pub fn reverse(charge: &PaidCharge, report: ReversalReport<'_>, ids: &mut RefundIds) -> Reversed {
    let mut books = Books::new(charge, report, ids);
    let amount = report.reversal.amount();
    if amount.currency() != charge.total.currency() {
        let alert = PaymentAlert::currency_mismatch(charge.id, amount, charge.total);
        books.alert(alert);
        return books.close();
    }
    let is_own = charge.payment == *report.payment;
    match report.reversal {
        Reversal::Refunded(sum) if is_own => books.report_sum(*sum),
        Reversal::Refund(refund) if is_own || books.has(refund) => books.report_refund(refund),
        Reversal::Dispute(dispute) if is_own => books.report_dispute(dispute),
        // All of another payment goes back, whoever has made the refund.
        Reversal::Refunded(_) | Reversal::Refund(_) => {}
        Reversal::Dispute(dispute) => books.alert(PaymentAlert::unattributed_dispute(
            charge.id,
            &dispute.reference,
            dispute.amount,
            &[],
        )),
    }
    books.balance();
    books.close()
}

#[cfg(test)]
mod tests;
