use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use udam_domain::id::CallId;

use crate::metrics::open_calls_changed;

/// The open calls of a process, with the instant at which each began.
#[derive(Clone, Default)]
pub(crate) struct OpenCalls(Arc<Mutex<HashMap<CallId, Instant>>>);

/// An open call, which is among the others until this is dropped.
pub(crate) struct Registered {
    calls: OpenCalls,
    id: CallId,
}

impl OpenCalls {
    pub(crate) fn register(&self, id: CallId) -> Registered {
        self.open().insert(id, Instant::now());
        open_calls_changed(1.0);
        Registered {
            calls: self.clone(),
            id,
        }
    }

    /// Calls that have been open for so long.
    pub(crate) fn since(&self, time: Duration) -> Vec<CallId> {
        let open = self.open();
        let lasting = open.iter().filter(|(_id, began)| began.elapsed() >= time);
        lasting.map(|(id, _began)| *id).collect()
    }

    fn open(&self) -> MutexGuard<'_, HashMap<CallId, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.calls.open().remove(&self.id);
        open_calls_changed(-1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn calls_that_last_are_found_until_they_end() {
        let id = |n| CallId::from_uuid(uuid::Uuid::from_u128(n));
        let calls = OpenCalls::default();
        let first = calls.register(id(1));
        tokio::time::advance(Duration::from_secs(30)).await;
        let second = calls.register(id(2));
        assert_eq!(calls.since(Duration::from_secs(30)), [id(1)]);
        drop(first);
        assert!(calls.since(Duration::from_secs(30)).is_empty());
        assert_eq!(calls.since(Duration::ZERO), [id(2)]);
        drop(second);
        assert!(calls.open().is_empty());
    }
}
