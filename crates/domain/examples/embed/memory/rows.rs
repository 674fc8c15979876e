//! What is kept of each thing beside its own fields.

use udam_domain::account::Network;
use udam_domain::audit::AuditAction;
use udam_domain::id::{AccountId, ChargeId};
use udam_domain::listing::{ListingState, NewListing, ServiceChanges};
use udam_domain::money::Money;
use udam_domain::order::{Order, ReturnedUnits};
use udam_domain::payment::{
    Charge, ChargeState, Dispute, OutOfOrderEvent, ProviderReference, Refund,
};
use udam_domain::time::Timestamp;
use udam_domain::units::Stock;

#[derive(Clone)]
pub(super) struct ListingRow {
    /// As it was published, with the edits since.
    pub(super) published: NewListing,
    pub(super) state: ListingState,
    pub(super) changes: ServiceChanges,
    pub(super) available: Stock,
    pub(super) held: Stock,
    pub(super) sold: Stock,
    pub(super) revenue: Money,
}

#[derive(Clone)]
pub(super) struct OrderRow {
    /// Without its token and its payment, which are read with it.
    pub(super) order: Order,
    /// The charge that it belongs to.
    pub(super) charge: Option<ChargeId>,
    /// Whether the units of a refunded order are on sale again.
    pub(super) returned: ReturnedUnits,
    /// Network of a buyer who had never paid, of an order that was held.
    pub(super) network: Option<Network>,
}

#[derive(Clone)]
pub(super) struct ChargeRow {
    pub(super) charge: Charge,
    pub(super) state: ChargeState,
    /// Whether its session may still be paid.
    pub(super) payable: bool,
    pub(super) payment: Option<ProviderReference>,
    pub(super) paid_at: Option<Timestamp>,
    /// Highest sum of refunds that the provider has reported.
    pub(super) reported: Money,
    pub(super) disputes: Vec<Dispute>,
    pub(super) claimed_until: Option<Timestamp>,
}

#[derive(Clone)]
pub(super) struct RefundRow {
    pub(super) charge: ChargeId,
    /// Without its claim.
    pub(super) refund: Refund,
    pub(super) claimed_until: Option<Timestamp>,
}

/// An event about a payment that no charge has yet.
#[derive(Clone)]
pub(super) struct KeptEvent {
    pub(super) payment: ProviderReference,
    pub(super) event: OutOfOrderEvent,
}

#[derive(Clone)]
#[expect(
    dead_code,
    reason = "records are for people to read, and this service has none yet"
)]
pub(super) struct AuditRecord {
    pub(super) action: AuditAction,
    pub(super) account_id: Option<AccountId>,
    pub(super) at: Timestamp,
}

impl RefundRow {
    pub(super) fn snapshot(&self) -> Refund {
        Refund {
            claimed: self.claimed_until.is_some(),
            ..self.refund.clone()
        }
    }
}
