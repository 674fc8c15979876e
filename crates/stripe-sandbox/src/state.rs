use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::account::{Account, Object};
use crate::faults::Faults;
use crate::idempotency::{Idempotency, StoredResponse};
use crate::journal::{Journal, Kept, Line};
use crate::objects;
use crate::outbox::{Delivery, Outbox, QueuedDelivery};

/// All state of a sandbox. Each part is a state machine that does not know the others.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) account: Account,
    pub(crate) idempotency: Idempotency,
    pub(crate) faults: Faults,
    pub(crate) outbox: Outbox,
    /// `None` = nothing is kept.
    pub(crate) journal: Option<Journal>,
}

impl State {
    /// Takes in what an earlier sandbox has kept, and keeps all changes from now on.
    pub(crate) fn continue_from(&mut self, kept: Kept, now: i64) {
        self.account.restore(kept.objects, now);
        self.idempotency.restore(kept.responses, now);
        self.account.track_changes();
        self.idempotency.track_stored();
    }

    /// Everything that a journal keeps.
    pub(crate) fn lines(&self) -> Vec<Line> {
        lines(self.account.objects(), self.idempotency.responses())
    }

    /// Appends what has changed to the journal, if there is one.
    pub(crate) fn keep_changes(&mut self) {
        let Some(journal) = &mut self.journal else {
            return;
        };
        let lines = lines(self.account.take_changes(), self.idempotency.take_stored());
        if lines.is_empty() {
            return;
        }
        if let Err(error) = journal.append(&lines) {
            let path = journal.path().display();
            tracing::error!(%error, %path, "cannot write the journal: what changes from now on is lost at the end");
            self.journal = None;
        }
    }

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

fn lines(objects: Vec<Object>, responses: Vec<StoredResponse>) -> Vec<Line> {
    let objects = objects
        .into_iter()
        .map(|object| Line::Object(Box::new(object)));
    objects
        .chain(responses.into_iter().map(Line::Response))
        .collect()
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
