use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::policy::SweepPolicy;
use crate::time::Timestamp;

/// When this server last looked for events that the provider had listed late.
#[derive(Default)]
pub(super) struct LateEvents(Mutex<Option<Timestamp>>);

impl LateEvents {
    pub(super) fn are_due(&self, policy: &SweepPolicy, now: Timestamp) -> bool {
        policy.late_events_due(*self.lock(), now)
    }

    pub(super) fn were_read(&self, at: Timestamp) {
        *self.lock() = Some(at);
    }

    fn lock(&self) -> MutexGuard<'_, Option<Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
