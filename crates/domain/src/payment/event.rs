use super::dispute::ReportedDispute;
use super::reference::{EventId, ProviderReference};
use super::refund::ReportedRefund;
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
        /// The session that was paid.
        session: ProviderReference,
        /// The payment received.
        payment: Payment,
    },
    /// A session's payment has failed finally.
    Failed {
        /// The charge in the session's metadata; `None` if it names none of ours.
        charge_id: Option<ChargeId>,
        /// The session.
        session: ProviderReference,
    },
    /// A session can no longer be paid.
    Expired {
        /// The charge in the session's metadata; `None` if it names none of ours.
        charge_id: Option<ChargeId>,
        /// The session.
        session: ProviderReference,
    },
    /// A payment was refunded in part or in full.
    Refunded {
        /// The payment.
        payment: ProviderReference,
        /// Cumulative amount refunded so far.
        refunded: Money,
    },
    /// A refund of a payment was made, or its outcome has changed.
    Refund {
        /// The payment.
        payment: ProviderReference,
        /// The refund.
        refund: ReportedRefund,
    },
    /// A buyer's bank disputes a payment, or the state of a dispute has changed.
    Dispute {
        /// The payment.
        payment: ProviderReference,
        /// The dispute.
        dispute: ReportedDispute,
    },
    /// Any other event, which the marketplace ignores.
    Other,
}
