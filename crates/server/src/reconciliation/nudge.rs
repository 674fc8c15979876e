use std::sync::Arc;

use tokio::sync::Notify;
use udam_domain::SweepTrigger;

/// Asks for a sweep before its time. It is given without waiting; several at once are one.
#[derive(Debug, Clone, Default)]
pub struct Nudge(Arc<Notify>);

impl SweepTrigger for Nudge {
    fn trigger(&self) {
        self.0.notify_one();
    }
}

impl Nudge {
    /// Waits until somebody has asked.
    pub(crate) async fn given(&self) {
        self.0.notified().await;
    }
}
