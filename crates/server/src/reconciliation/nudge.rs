use std::sync::Arc;

use tokio::sync::Notify;

/// Asks for a sweep before its time. It is given without waiting; several at once are one.
#[derive(Debug, Clone, Default)]
pub struct Nudge(Arc<Notify>);

impl Nudge {
    /// Asks. Where nobody sweeps, it comes to nothing.
    pub(crate) fn give(&self) {
        self.0.notify_one();
    }

    /// Waits until somebody has asked.
    pub(crate) async fn given(&self) {
        self.0.notified().await;
    }
}
