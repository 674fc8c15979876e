use std::sync::Arc;

use thiserror::Error;

use super::payments::Payments;
use crate::administration::{NotAllowed, Operator, Role, may_operate};
use crate::audit::Reason;
use crate::opaque_debug::opaque_debug;
use crate::page::{Page, PageRequest};
use crate::payment::{EventId, EventNumber, EventState, PaymentEvent, ReceivedEvent};
use crate::policy::FindEvents;
use crate::ports::{
    Applied, EventInbox, GatewayError, MarketplaceMetrics, PaymentEventFeed, ReplayEvent,
    StoreError,
};
use crate::time::Timestamp;

/// Events that the payment provider has sent: what became of them, and applying them again.
///
/// Their content is not kept here, which is about people. Whoever replays an event reads it at the provider again, so that what
/// an older version has misread is read anew.
#[derive(Clone)]
pub struct EventReplay {
    ports: EventReplayPorts,
    payments: Payments,
}

/// The ports that [`EventReplay`] needs.
#[derive(Clone)]
pub struct EventReplayPorts {
    /// Keeps which events were received.
    pub inbox: Arc<dyn EventInbox>,
    /// Reads events at the provider.
    pub feed: Arc<dyn PaymentEventFeed>,
    /// Is told of the alerts that replayed events raise.
    pub metrics: Arc<dyn MarketplaceMetrics>,
}

/// Numbers of the events of a replay, by outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Replayed {
    /// Number of events that have changed something.
    pub applied: u16,
    /// Number of events that have changed nothing.
    pub unchanged: u16,
    /// Number of events that were applied as far as they can be, and have raised an alert.
    pub alerted: u16,
    /// Number of events that cannot be read.
    pub unreadable: u16,
}

/// Why no event was replayed, or not all of them.
#[derive(Debug, Error)]
pub enum ReplayError {
    /// The role of the operator does not allow it.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// The provider has no such event, or no longer.
    #[error("the payment provider has no such event")]
    NotFound,
    /// There is no time between the start of the period and its end.
    #[error("the period ends before it begins")]
    EmptyPeriod,
    /// The period has more events than are replayed at once.
    #[error("the period has too many events")]
    TooMany,
    /// The provider could not be asked, or refused.
    #[error("reading events at the payment provider failed")]
    Provider(#[from] GatewayError),
    /// The store failed. Events before the one that failed were replayed; replaying them again changes nothing.
    #[error("replaying an event failed")]
    Unavailable(#[from] StoreError),
}

impl EventReplay {
    /// Most events that are replayed at once.
    pub const MOST_EVENTS: u16 = 200;

    /// The use cases over these ports; events are applied by the clock and with the identifiers of `payments`.
    #[must_use]
    pub const fn new(ports: EventReplayPorts, payments: Payments) -> Self {
        Self { ports, payments }
    }

    /// Returns a page of received events, those received last first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn list(
        &self,
        _by: &Operator,
        state: Option<EventState>,
        page: PageRequest<EventNumber>,
    ) -> Result<Page<ReceivedEvent, EventNumber>, StoreError> {
        self.ports.inbox.list(state, page).await
    }

    /// Returns a received event; `None` if it was not received.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn find(
        &self,
        _by: &Operator,
        id: &EventId,
    ) -> Result<Option<ReceivedEvent>, StoreError> {
        self.ports.inbox.find(id).await
    }

    /// Applies an event again, whether or not it was received. What it has done already is not done again.
    ///
    /// # Errors
    /// [`ReplayError`]
    pub async fn replay(
        &self,
        by: Operator,
        id: &EventId,
        reason: Reason,
    ) -> Result<Replayed, ReplayError> {
        may_operate(&by, Role::Operator)?;
        let event = self.ports.feed.event(id).await?;
        let event = event.ok_or(ReplayError::NotFound)?;
        let mut replayed = Replayed::default();
        self.apply(by, event, reason, &mut replayed).await?;
        Ok(replayed)
    }

    /// Applies all events again that happened from `from` on and before `until`, the oldest first.
    ///
    /// # Errors
    /// [`ReplayError`]
    pub async fn replay_period(
        &self,
        by: Operator,
        (from, until): (Timestamp, Timestamp),
        reason: Reason,
    ) -> Result<Replayed, ReplayError> {
        may_operate(&by, Role::Operator)?;
        if from >= until {
            return Err(ReplayError::EmptyPeriod);
        }
        let period = FindEvents {
            from,
            until: Some(until),
            limit: Some(Self::MOST_EVENTS),
        };
        let listed = self.ports.feed.events(period).await?;
        let listed = listed.ok_or(ReplayError::TooMany)?;
        let mut replayed = Replayed {
            unreadable: u16::try_from(listed.unreadable.len()).unwrap_or(u16::MAX),
            ..Replayed::default()
        };
        for event in listed.readable {
            self.apply(by, event, reason.clone(), &mut replayed).await?;
        }
        Ok(replayed)
    }

    async fn apply(
        &self,
        by: Operator,
        event: PaymentEvent,
        reason: Reason,
        replayed: &mut Replayed,
    ) -> Result<(), StoreError> {
        let replay = ReplayEvent {
            apply: self.payments.to_apply(event),
            by,
            reason,
        };
        let count = match self.ports.inbox.replay(replay).await? {
            Applied::Done => &mut replayed.applied,
            Applied::Repeated | Applied::Ignored => &mut replayed.unchanged,
            Applied::Alert(alerts) => {
                for alert in &alerts {
                    self.ports.metrics.alert_raised(alert);
                }
                &mut replayed.alerted
            }
        };
        *count = count.saturating_add(1);
        Ok(())
    }
}

opaque_debug!(EventReplay, EventReplayPorts);

#[cfg(test)]
mod tests;
