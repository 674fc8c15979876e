use std::sync::Arc;

use tokio::sync::Notify;
use udam_domain::SweepTrigger;

/// Wakes the worker that sweeps. Clones wake the same worker; several calls are one.
#[derive(Debug, Clone, Default)]
pub struct SweepSignal(Arc<Notify>);

impl SweepTrigger for SweepSignal {
    fn trigger(&self) {
        self.0.notify_one();
    }
}

impl SweepSignal {
    /// Waits for a call of [`trigger`](SweepTrigger::trigger).
    pub(crate) async fn triggered(&self) {
        self.0.notified().await;
    }
}
