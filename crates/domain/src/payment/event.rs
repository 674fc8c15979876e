use super::reference::{EventId, ProviderReference};
use crate::id::ChargeId;
use crate::money::Money;
use crate::time::Timestamp;

/// An event reported by the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentEvent {
    /// Its id, the same in every delivery.
    pub id: EventId,
    /// Time at which it happened, by the provider's clock, in whole seconds.
    pub at: Timestamp,
    /// What the provider reports, with the reference that leads to the charge.
    pub kind: PaymentEventKind,
}

/// A part of a provider's list of its past events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListedEvents {
    /// The events, the oldest first.
    pub readable: Vec<PaymentEvent>,
    /// Ids of those among them that cannot be read, the oldest first. An operator must look into each.
    pub unreadable: Vec<EventId>,
}

/// A payment received by the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The provider's id of the payment.
    pub reference: ProviderReference,
    /// Amount paid.
    pub amount: Money,
}

/// Kinds of events that change a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PaymentEventKind {
    /// A session was paid.
    Paid {
        /// The charge in the session's metadata; `None` if it names none of ours.
        charge_id: Option<ChargeId>,
        /// The payment received.
        payment: Payment,
    },
    /// A session's payment has failed finally.
    Failed {
        /// The charge in the session's metadata; `None` if it names none of ours.
        charge_id: Option<ChargeId>,
    },
    /// A session can no longer be paid.
    Expired {
        /// The charge in the session's metadata; `None` if it names none of ours.
        charge_id: Option<ChargeId>,
    },
    /// A payment was refunded in part or in full.
    Refunded {
        /// The payment.
        payment: ProviderReference,
        /// Cumulative amount refunded so far.
        refunded: Money,
    },
    /// A buyer's bank disputes a payment.
    Disputed {
        /// The payment.
        payment: ProviderReference,
    },
    /// A dispute is over.
    DisputeClosed {
        /// The payment.
        payment: ProviderReference,
        /// Whether the money stays with the marketplace.
        won: bool,
    },
    /// Any other event, which the marketplace ignores.
    Other,
}
