use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use udam_domain::marketplace::{BeginCall, Calls};

use crate::beginning::Beginning;
use crate::recorder::Recorder;
use crate::services::Services;

/// The gateway of a process.
#[derive(Clone)]
pub struct Gateway {
    recorder: Arc<Recorder>,
    services: Services,
}

impl Gateway {
    /// A gateway that draws by these use cases and calls these services. What outlives a request runs on `runtime`.
    #[must_use]
    pub fn new(calls: Calls, services: Services, runtime: Handle) -> Self {
        Self {
            recorder: Arc::new(Recorder::new(calls, runtime)),
            services,
        }
    }

    /// The server stops: calls that it breaks off from now on are not charged.
    pub fn stop(&self) {
        self.recorder.stop();
    }

    /// Waits until the end of every call is recorded, for so long at most. To be called once the server has ended. Returns
    /// whether all are; the others are given up by a sweep when their time is over.
    pub async fn drain(&self, limit: Duration) -> bool {
        self.recorder.stop();
        self.recorder.drain(limit).await
    }

    /// Keeps calls that last from being given up. Never returns.
    pub async fn keep_open(&self) {
        self.recorder.keep_open().await;
    }

    pub(crate) const fn services(&self) -> &Services {
        &self.services
    }

    /// Takes the units of a call. Should its client go meanwhile, the call is ended as soon as it has begun.
    pub(crate) fn begin(&self, call: BeginCall) -> Beginning {
        Beginning::new(Arc::clone(&self.recorder), call)
    }
}
