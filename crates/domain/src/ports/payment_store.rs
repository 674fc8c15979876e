use std::collections::HashSet;

use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::id::{ChargeId, OrderId, RefundId, TokenId};
use crate::order::OrderState;
use crate::payment::{
    Charge, CheckoutSession, EventId, PaymentEvent, ProviderReference, RefundDue,
};
use crate::policy::{Claim, FindUnsent, Unchargeable};
use crate::time::Timestamp;

pub use crate::payment::{ChargeOrder, ChargeTab, PaymentAlert};

/// Keeps charges, and makes what the provider says happen, exactly once.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PaymentStore: Send + Sync {
    /// The charge for an order that awaits payment. The first call makes it, carries every small order
    /// on the buyer's tab that no other charge carries, and holds the order's units for the full
    /// reservation time from then; later calls answer with the same charge.
    ///
    /// # Errors
    /// [`OpenChargeError`]; on `Unchargeable` the order is canceled, for nothing could ever pay for it.
    async fn charge_order(&self, request: ChargeOrder) -> Result<Charge, OpenChargeError>;

    /// A charge for the buyer's tab alone: the open one if there is one, else a new one that carries
    /// every small order that no other charge carries.
    ///
    /// # Errors
    /// [`OpenChargeError`]; `NothingOwed` when there is nothing to carry.
    async fn charge_tab(&self, request: ChargeTab) -> Result<Charge, OpenChargeError>;

    /// Notes where a charge is paid.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn record_session(
        &self,
        charge: ChargeId,
        session: CheckoutSession,
    ) -> Result<(), StoreError>;

    /// Makes an event happen: [`settle`](crate::payment::settle) says what a payment comes to, the order
    /// state machine how orders move. Units, tokens, tab, refunds owed and the event's name are written
    /// together, so that a repeat changes nothing and a failure leaves no trace.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn apply(&self, event: ApplyEvent) -> Result<Applied, StoreError>;
}

/// Why there is no charge.
#[derive(Debug, Error)]
pub enum OpenChargeError {
    /// There is no such order, or it is another buyer's.
    #[error("there is no such order")]
    NotFound,
    /// The order does not await payment.
    #[error("the order is {0}")]
    InvalidState(OrderState),
    /// There is nothing on the tab, or other open charges carry all of it.
    #[error("there is nothing on the tab to pay for")]
    NothingOwed,
    /// What it would ask for cannot be charged at once.
    #[error(transparent)]
    Unchargeable(#[from] Unchargeable),
    /// The store could not be asked.
    #[error("opening a charge failed")]
    Unavailable(#[from] StoreError),
}

/// An event to be made happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplyEvent {
    /// The event.
    pub event: PaymentEvent,
    /// An identifier for the refund, should money be owed back.
    pub refund_id: RefundId,
    /// The token's identifier, should an order be fulfilled.
    pub token_id: TokenId,
    /// When.
    pub at: Timestamp,
}

/// What came of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// It happened.
    Done,
    /// It had happened before.
    Repeated,
    /// It is about nothing that the marketplace knows, or calls for nothing.
    Ignored,
    /// It contradicts what the marketplace asked for; nothing was fulfilled. An operator must look.
    Alert(PaymentAlert),
}

/// What is left to do after crashes, timeouts and refusals.
///
/// Work that has an effect at the provider is claimed by whoever it is returned to, so that no two servers
/// do it at once. A claim ends by itself at [`Claim::until`], should whoever made it die.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PaymentBacklog: Send + Sync {
    /// Orders that await payment at [`FindUnsent::now`], were placed by [`FindUnsent::placed_by`], and have
    /// no charge with a session, the soonest to lapse first. Nothing is claimed: opening a session twice
    /// opens one.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn unsent(&self, request: FindUnsent) -> Result<Vec<OrderId>, StoreError>;

    /// Claims charges whose session should no longer be payable and may still be: those that were closed,
    /// and those that have expired by [`Claim::now`], inclusive, and were not paid. The first to expire come
    /// first.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn overdue(&self, claim: Claim) -> Result<Vec<OverdueCharge>, StoreError>;

    /// Records that a charge's session can no longer be paid, and does what
    /// [`end_charge`](crate::payment::end_charge) says of an expired one. Nothing happens if it was paid, or
    /// if there is no such charge.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn close(&self, charge: ChargeId, at: Timestamp) -> Result<(), StoreError>;

    /// Claims refunds that are owed and that the provider has not given, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn refunds_owed(&self, claim: Claim) -> Result<Vec<RefundDue>, StoreError>;

    /// Records that the provider has given a refund at `at`, by its reference. The first record stands.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn record_refund(
        &self,
        refund: RefundId,
        reference: ProviderReference,
        at: Timestamp,
    ) -> Result<(), StoreError>;
}

/// How far the provider's list of events has been read. It is what makes a lost webhook cost one sweep.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PaymentEventLog: Send + Sync {
    /// Which of these events [`PaymentStore::apply`] has not applied.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn unknown(&self, events: &[EventId]) -> Result<HashSet<EventId>, StoreError>;

    /// The instant up to which the provider's list has been read; `None` if it never was.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn read_until(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Records that the list has been read up to `until`. The latest instant stands.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn record_read(&self, until: Timestamp) -> Result<(), StoreError>;
}

/// A charge whose session should no longer be payable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverdueCharge {
    /// The charge.
    pub charge_id: ChargeId,
    /// Its session; `None` if the provider was never asked for one.
    pub session: Option<ProviderReference>,
    /// End of the session at the provider.
    pub since: Timestamp,
}
