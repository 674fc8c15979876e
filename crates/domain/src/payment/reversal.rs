//! Refunds and disputes of payments, as the provider reports them.

use super::alert::PaymentAlert;
use super::dispute::{Dispute, ReportedDispute};
use super::reference::ProviderReference;
use super::refund::{Refund, ReportedRefund};
use crate::id::OrderId;
use crate::money::Money;
use crate::order::Move;
use crate::policy::Inquiries;
use crate::time::Timestamp;
use crate::token::TokenState;

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
    pub(super) const fn amount(&self) -> Money {
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
    /// Effect of a bank's inquiry on tokens.
    pub inquiries: Inquiries,
}

/// Changes that a reversal makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversed {
    /// New value of [`PaidCharge::reported`](super::PaidCharge::reported).
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
