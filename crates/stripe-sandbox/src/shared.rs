//! The state of a running sandbox, behind its one lock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use url::Url;

use crate::account::Account;
use crate::api::{Faults, Idempotency};
use crate::background::Background;
use crate::clock;
use crate::objects;
use crate::webhooks::{Attempt, Courier, Dispatch, Letter, Mailroom};

/// Everything that changes. Each part is a state machine that knows nothing of the others.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) account: Account,
    pub(crate) idempotency: Idempotency,
    pub(crate) faults: Faults,
    pub(crate) mailroom: Mailroom,
}

/// What handlers and background tasks share.
#[derive(Debug)]
pub(crate) struct Shared {
    world: Mutex<World>,
    pub(crate) courier: Courier,
    pub(crate) background: Background,
    pub(crate) api_key: String,
}

impl Shared {
    pub(crate) const fn new(
        world: World,
        courier: Courier,
        background: Background,
        api_key: String,
    ) -> Self {
        Self {
            world: Mutex::new(world),
            courier,
            background,
            api_key,
        }
    }

    /// Does something to the world at this moment.
    ///
    /// Sessions whose time has come have expired before, and the webhooks of all that happened are
    /// on their way after, in the order in which it happened.
    pub(crate) fn visit<R>(self: &Arc<Self>, act: impl FnOnce(&mut World, i64) -> R) -> R {
        let now = clock::seconds();
        let mut world = self.lock();
        world.account.expire_due(now);
        let result = act(&mut world, now);
        for dispatch in world.post() {
            self.courier.send(self, dispatch);
        }
        result
    }

    pub(crate) fn webhook_address(&self) -> Option<Url> {
        self.lock().mailroom.address.clone()
    }

    pub(crate) fn note_attempt(&self, event: &str, attempt: Attempt) {
        self.lock().mailroom.note(event, attempt);
    }

    pub(crate) fn finish_delivery(&self, event: &str) {
        self.lock().mailroom.finish(event);
    }

    /// A panic while the lock was held does not stop the sandbox: a test that failed should be able
    /// to look at the state.
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl World {
    /// Posts the webhooks of the events since the last time.
    fn post(&mut self) -> Vec<Dispatch> {
        let events = self.account.take_events();
        if events.is_empty() {
            return Vec::new();
        }
        let letters = events.iter().filter_map(|id| self.letter(id)).collect();
        self.mailroom.accept(letters)
    }

    /// The webhook of an event.
    pub(crate) fn letter(&self, event: &str) -> Option<Letter> {
        let event = self.account.events.find(event)?;
        Some(Letter {
            event: event.id.clone(),
            kind: event.kind.name(),
            session: event.session.clone(),
            body: objects::event(event, 1).into(),
        })
    }
}
