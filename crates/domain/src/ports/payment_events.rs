//! Reading the events of a provider that lists them.

use std::collections::HashSet;

use async_trait::async_trait;

use super::{GatewayError, StoreError};
use crate::payment::{EventId, ListedEvents, PaymentEvent};
use crate::policy::FindEvents;
use crate::time::Timestamp;

/// A provider's list of its past events, from which a sweep catches up on lost webhooks.
///
/// Not every provider has one. Without it, a sweep asks for each session that may still be paid
/// ([`PaymentGateway::session`](super::PaymentGateway::session)), so that a payment is never lost; a refund or
/// dispute that an operator starts at the provider is known by its webhook alone.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PaymentEventFeed: Send + Sync {
    /// Returns all events of a period, the oldest first; `None` if there are more than the limit, and each half
    /// of the period is asked for. Each event has the id and the content that its webhook has. One that
    /// cannot be read hides no other: its id is in [`unreadable`](ListedEvents::unreadable).
    ///
    /// # Errors
    /// [`GatewayError`]; the whole period is read again then, as a part of it could hide a gap.
    async fn events(&self, request: FindEvents) -> Result<Option<ListedEvents>, GatewayError>;

    /// Returns an event by its id, as [`events`](Self::events) has it; `None` if the provider does not have it, or no longer.
    ///
    /// # Errors
    /// [`GatewayError`]; `Refused` if it cannot be read.
    async fn event(&self, id: &EventId) -> Result<Option<PaymentEvent>, GatewayError>;
}

/// Keeps how far a [`PaymentEventFeed`] has been read. It is what makes a lost webhook cost one sweep.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PaymentEventLog: Send + Sync {
    /// Returns those of these ids that [`PaymentStore::apply`](super::PaymentStore::apply) has not recorded.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn unknown(&self, events: &[EventId]) -> Result<HashSet<EventId>, StoreError>;

    /// Returns the instant up to which the feed has been read; `None` if it never was.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn read_until(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Records that the feed has been read up to `until`. The latest instant stands.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn record_read(&self, until: Timestamp) -> Result<(), StoreError>;
}
