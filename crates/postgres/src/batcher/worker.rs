use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use futures::{FutureExt, join};
use tokio::sync::oneshot;

use super::queue::{BatchLimits, BatchQueue, Next, WorkerId};
use super::runtime::{Mutex, MutexGuard, spawn, timeout};

type Flush<J, R> = dyn Fn(Vec<J>) -> BoxFuture<'static, Vec<R>> + Send + Sync;

/// Shared state of a batcher and its workers.
pub(super) struct Shared<J, R> {
    queue: Mutex<BatchQueue<J, R>>,
    stall_after: Duration,
    flush: Box<Flush<J, R>>,
}

impl<J, R> Shared<J, R> {
    pub(super) fn new(limits: BatchLimits, flush: Box<Flush<J, R>>) -> Self {
        Self {
            queue: Mutex::new(BatchQueue::new(limits)),
            stall_after: limits.stall_after,
            flush,
        }
    }

    pub(super) fn queue(&self) -> MutexGuard<'_, BatchQueue<J, R>> {
        // A panic cannot leave the queue half changed: nothing that runs under the lock can panic.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts a worker that the queue has asked for.
pub(super) fn start<J, R>(shared: Arc<Shared<J, R>>, id: WorkerId)
where
    J: Send + 'static,
    R: Send + 'static,
{
    let guard = WorkerGuard {
        shared,
        id,
        has_exited: false,
    };
    // Boxed, because a worker may start another: its future would contain itself.
    let run: BoxFuture<'static, ()> = run_batches(guard).boxed();
    spawn(run);
}

async fn run_batches<J, R>(mut guard: WorkerGuard<J, R>)
where
    J: Send + 'static,
    R: Send + 'static,
{
    let mut finished = None;
    loop {
        let now = Instant::now();
        let next = guard.shared.queue().next(guard.id, now, finished.is_some());
        let batch = match next {
            Next::Run(batch) => batch,
            Next::Deliver => {
                deliver(finished.take());
                continue;
            }
            Next::Exit => {
                guard.has_exited = true;
                return;
            }
        };
        // The next batch is under way before the results of the last are delivered: that takes time too.
        let delivery = async { deliver(finished.take()) };
        let (results, ()) = join!(flush(&guard.shared, batch.jobs), delivery);
        // Without results the senders are dropped, and the callers see that their jobs are lost.
        finished = results.map(|results| (batch.waiters, results));
    }
}

/// Runs one batch; `None` if it panicked. Starts another worker if it stalls while jobs wait.
async fn flush<J, R>(shared: &Arc<Shared<J, R>>, jobs: Vec<J>) -> Option<Vec<R>>
where
    J: Send + 'static,
    R: Send + 'static,
{
    let flushing = async { (shared.flush)(jobs).await };
    let mut flushing = pin!(AssertUnwindSafe(flushing).catch_unwind());
    let results = if let Ok(results) = timeout(shared.stall_after, &mut flushing).await {
        results
    } else {
        let another = shared.queue().add_worker_if_stalled(Instant::now());
        if let Some(id) = another {
            start(Arc::clone(shared), id);
        }
        flushing.await
    };
    results.ok()
}

/// Sends each caller its result.
fn deliver<R>(finished: Option<(Vec<oneshot::Sender<R>>, Vec<R>)>) {
    let (waiters, results) = finished.unwrap_or_default();
    for (waiter, result) in waiters.into_iter().zip(results) {
        // A caller may have been dropped meanwhile.
        let _ = waiter.send(result);
    }
}

/// Takes its worker off the queue when it is dropped in the middle, as it is together with its runtime.
pub(super) struct WorkerGuard<J, R> {
    pub(super) shared: Arc<Shared<J, R>>,
    pub(super) id: WorkerId,
    pub(super) has_exited: bool,
}

impl<J, R> Drop for WorkerGuard<J, R> {
    fn drop(&mut self) {
        if !self.has_exited {
            self.shared.queue().abandon(self.id);
        }
    }
}
