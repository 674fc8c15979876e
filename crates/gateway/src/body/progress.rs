use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use tokio::time::Instant;

/// How far the body of a request has been sent to its service.
#[derive(Debug)]
pub(crate) struct Progress(Mutex<State>);

#[derive(Debug, Clone, Copy)]
struct State {
    sent: u64,
    moved_at: Instant,
    waits_for_client: bool,
    has_failed: bool,
}

impl Progress {
    /// Of a body of which nothing has been sent.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(State {
            sent: 0,
            moved_at: Instant::now(),
            waits_for_client: false,
            has_failed: false,
        }))
    }

    /// Number of bytes that have been sent.
    pub(crate) fn sent(&self) -> u64 {
        self.state().sent
    }

    /// Instant at which the last bytes were sent.
    pub(crate) fn moved_at(&self) -> Instant {
        self.state().moved_at
    }

    /// Whether the service would take more, and the client has not sent it.
    pub(crate) fn waits_for_client(&self) -> bool {
        self.state().waits_for_client
    }

    /// Whether the client has not sent all of the body, and will not.
    pub(crate) fn has_failed(&self) -> bool {
        self.state().has_failed
    }

    /// Bytes are sent; none at the end.
    pub(crate) fn send(&self, bytes: usize) {
        let mut state = self.state();
        state.sent += u64::try_from(bytes).unwrap_or_default();
        state.moved_at = Instant::now();
        state.waits_for_client = false;
    }

    pub(super) fn wait_for_client(&self) {
        self.state().waits_for_client = true;
    }

    pub(super) fn fail(&self) {
        self.state().has_failed = true;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
