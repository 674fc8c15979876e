use std::collections::HashSet;

use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::id::{ChargeId, OrderId, RefundId, TokenId};
use crate::order::OrderState;
use crate::payment::{
    Charge, CheckoutSession, EventId, PaymentEvent, ProviderReference, RefundDue,
};
use crate::policy::Unchargeable;
use crate::time::Timestamp;

pub use crate::payment::{ChargeOrder, ChargeTab};

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
    #[error("the order is {}", .0.as_str())]
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

/// What an operator must look into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentAlert {
    /// The charge.
    pub charge_id: ChargeId,
    /// What is wrong, without anything secret.
    pub finding: String,
}

/// What is left to do after crashes, silences and refusals. What has an effect at the provider is claimed
/// for a while by whoever it is answered to, so that no two servers take it up at once.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PaymentBacklog: Send + Sync {
    /// Orders that await payment and whose provider has not been told.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn unsent(&self, now: Timestamp, limit: u16) -> Result<Vec<OrderId>, StoreError>;

    /// Sessions that should no longer be payable: their charge was closed, or has lapsed by `now`.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn overdue(&self, now: Timestamp, limit: u16) -> Result<Vec<OverdueCharge>, StoreError>;

    /// Notes that a charge's session can no longer be paid, and releases what it holds.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn close(&self, charge: ChargeId, at: Timestamp) -> Result<(), StoreError>;

    /// Refunds that the provider has not been told of.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn refunds_owed(&self, now: Timestamp, limit: u16) -> Result<Vec<RefundDue>, StoreError>;

    /// Notes that the provider has given a refund.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn record_refund(
        &self,
        refund: RefundId,
        reference: ProviderReference,
    ) -> Result<(), StoreError>;

    /// Which of these events have not been applied.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn unknown(&self, events: &[EventId]) -> Result<HashSet<EventId>, StoreError>;

    /// Since when the provider's events have to be asked for, moved on to `seen` when given.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn events_seen(&self, seen: Option<Timestamp>) -> Result<Timestamp, StoreError>;
}

/// A charge whose session should no longer be payable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverdueCharge {
    /// The charge.
    pub charge_id: ChargeId,
    /// Its session, if the provider was told.
    pub session: Option<ProviderReference>,
    /// Since when.
    pub since: Timestamp,
}
