use async_trait::async_trait;

use super::{Applied, ApplyEvent, StoreError};
use crate::administration::Operator;
use crate::audit::Reason;
use crate::page::{Page, PageRequest};
use crate::payment::{EventId, EventNumber, EventState, ReceivedEvent};

/// Keeps which events of the provider were received, and what became of each. It shares its data with
/// [`PaymentStore`](super::PaymentStore), whose [`apply`](super::PaymentStore::apply) writes here as well: with the effect of
/// an event that was applied, and after it has failed.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait EventInbox: Send + Sync {
    /// Returns a page of received events, those received last first.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn list(
        &self,
        state: Option<EventState>,
        page: PageRequest<EventNumber>,
    ) -> Result<Page<ReceivedEvent, EventNumber>, StoreError>;

    /// Returns a received event; `None` if it was not received.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn find(&self, id: &EventId) -> Result<Option<ReceivedEvent>, StoreError>;

    /// Applies an event whether or not it was applied before, with an audit record of who and why. The rules decide by the state
    /// of what it is about, as for two events that say the same: what it has done already is not done again. An event that is
    /// kept for its payment is not kept twice.
    ///
    /// # Errors
    /// [`StoreError`]; nothing has changed then.
    async fn replay(&self, replay: ReplayEvent) -> Result<Applied, StoreError>;
}

/// Request to apply an event again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayEvent {
    /// The event, as the provider has it now.
    pub apply: ApplyEvent,
    /// The operator.
    pub by: Operator,
    /// Reason, for the audit trail.
    pub reason: Reason,
}
