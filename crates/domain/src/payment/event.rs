use std::fmt;

use super::reference::ProviderReference;
use crate::id::ChargeId;
use crate::money::Money;
use crate::time::Timestamp;

/// The provider's name for an event, by which a repeat is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EventId(String);

impl EventId {
    /// A name as the provider gave it.
    #[must_use]
    pub const fn new(name: String) -> Self {
        Self(name)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something that happened at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentEvent {
    /// Its name, which is the same however often it is told.
    pub id: EventId,
    /// Time at which it happened, by the provider's clock, in whole seconds.
    pub at: Timestamp,
    /// What the provider reports, with the reference that leads to the charge.
    pub kind: PaymentEventKind,
}

/// Money that has come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The provider's name for it.
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
        /// The charge that the session says it is for, if it is one of ours.
        charge_id: Option<ChargeId>,
        /// The payment received.
        payment: Payment,
    },
    /// A session's payment has failed for good.
    Failed {
        /// The charge that the session says it is for.
        charge_id: Option<ChargeId>,
    },
    /// A session can no longer be paid.
    Expired {
        /// The charge that the session says it is for.
        charge_id: Option<ChargeId>,
    },
    /// Money of a payment has gone back: `refunded` of it in all, up to now.
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
    /// Something that the marketplace has no use for.
    Other,
}
