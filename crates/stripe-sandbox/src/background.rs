//! What goes on while nobody waits for it.

use std::future::Future;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Tasks that belong to one sandbox and end with it.
///
/// They run on the runtime that started the sandbox, not on the workers that answer requests:
/// those drop what they are doing when a client goes away, and a call to Stripe takes effect
/// whether or not the caller waits for the answer.
#[derive(Debug, Clone)]
pub(crate) struct Background {
    runtime: Handle,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

impl Background {
    /// To be called within a runtime.
    pub(crate) fn new() -> Self {
        Self {
            runtime: Handle::current(),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
        }
    }

    /// Starts a task; none if the sandbox stopped first.
    pub(crate) fn spawn<F>(&self, task: F) -> JoinHandle<Option<F::Output>>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let stopping = self.stopping.clone();
        let task = async move { stopping.run_until_cancelled(task).await };
        self.tasks.spawn_on(task, &self.runtime)
    }

    /// Tells all tasks to end, without waiting.
    pub(crate) fn cancel(&self) {
        self.stopping.cancel();
    }

    /// Ends all tasks.
    pub(crate) async fn stop(&self) {
        self.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}
