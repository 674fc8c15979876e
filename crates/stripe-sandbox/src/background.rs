use std::future::Future;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Background tasks of one sandbox, which are cancelled when it stops.
///
/// They run on the runtime that started the sandbox and not on the server's workers: a worker drops a
/// handler when its client disconnects, but a request takes effect whether or not its sender waits for the
/// response.
#[derive(Debug, Clone)]
pub(crate) struct Background {
    runtime: Handle,
    tasks: TaskTracker,
    cancellation: CancellationToken,
}

impl Background {
    /// To be called within a runtime.
    pub(crate) fn new() -> Self {
        Self {
            runtime: Handle::current(),
            tasks: TaskTracker::new(),
            cancellation: CancellationToken::new(),
        }
    }

    /// Spawns a task. Its handle returns `None` if the sandbox stops first.
    pub(crate) fn spawn<F>(&self, task: F) -> JoinHandle<Option<F::Output>>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let cancellation = self.cancellation.clone();
        let task = async move { cancellation.run_until_cancelled(task).await };
        self.tasks.spawn_on(task, &self.runtime)
    }

    /// Cancels all tasks without waiting for their end.
    pub(crate) fn cancel(&self) {
        self.cancellation.cancel();
    }

    /// Cancels all tasks and waits for their end.
    pub(crate) async fn stop(&self) {
        self.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}
