use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::account::Account;
use crate::faults::Faults;
use crate::idempotency::Idempotency;
use crate::objects;
use crate::outbox::{Delivery, Outbox, QueuedDelivery};

/// All state of a sandbox. Each part is a state machine that does not know the others.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) account: Account,
    pub(crate) idempotency: Idempotency,
    pub(crate) faults: Faults,
    pub(crate) outbox: Outbox,
}

impl State {
    /// Moves the webhooks of new events into the outbox. Returns those to be sent now.
    pub(crate) fn queue_webhooks(&mut self) -> Vec<QueuedDelivery> {
        let events = self.account.take_new_events();
        if events.is_empty() {
            return Vec::new();
        }
        let deliveries = events.iter().filter_map(|id| self.delivery(id)).collect();
        self.outbox.accept(deliveries)
    }

    /// Returns the webhook of an event; `None` if there is no such event.
    pub(crate) fn delivery(&self, event: &str) -> Option<Delivery> {
        let event = self.account.events.find(event)?;
        Some(Delivery {
            event: event.id.clone(),
            event_type: event.kind.clone(),
            session: event.session.clone(),
            body: objects::event(event, 1).into(),
        })
    }
}

/// The state behind its one lock.
#[derive(Debug, Clone)]
pub(crate) struct SharedState(Arc<Mutex<State>>);

impl SharedState {
    pub(crate) fn new(state: State) -> Self {
        Self(Arc::new(Mutex::new(state)))
    }

    /// Locks the state. A panic under the lock does not stop the sandbox, so that a failed test can still
    /// read the state.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
