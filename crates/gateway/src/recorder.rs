use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;
use udam_domain::error_chain;
use udam_domain::gateway::Drawn;
use udam_domain::id::CallId;
use udam_domain::marketplace::{CallEnd, Calls};

use crate::metrics::count_end;
use crate::open_calls::{OpenCalls, Registered};

/// Time between two reports of a call's end, if the first has failed: doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Reports of a call's end before it is left to the sweep.
const MOST_REPORTS: u32 = 20;

/// Keeps calls open while they last, and records their ends.
pub(crate) struct Recorder {
    pub(crate) calls: Calls,
    /// Where ends are recorded: the worker that made a call may have ended before.
    runtime: Handle,
    tasks: TaskTracker,
    open: OpenCalls,
    is_stopping: AtomicBool,
}

impl Recorder {
    pub(crate) fn new(calls: Calls, runtime: Handle) -> Self {
        Self {
            calls,
            runtime,
            tasks: TaskTracker::new(),
            open: OpenCalls::default(),
            is_stopping: AtomicBool::new(false),
        }
    }

    pub(crate) fn stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Relaxed)
    }

    /// Waits until all is recorded, for so long at most. Returns whether it is.
    pub(crate) async fn drain(&self, limit: Duration) -> bool {
        self.tasks.close();
        let drained = timeout(limit, self.tasks.wait()).await.is_ok();
        if !drained {
            let left = self.tasks.len();
            tracing::warn!(left, "stopped before the end of every call was recorded");
        }
        drained
    }

    /// Extends the deadlines of calls that last. Never returns.
    pub(crate) async fn keep_open(&self) {
        let period = self.calls.policy().extend_every;
        let period = Duration::try_from(period).unwrap_or(Duration::from_secs(30));
        loop {
            sleep(period).await;
            let lasting = self.open.since(period);
            if lasting.is_empty() {
                continue;
            }
            if let Err(error) = self.calls.extend(lasting).await {
                let cause = error_chain(&error);
                tracing::warn!(cause, "extending open calls failed");
            }
        }
    }

    /// A task that [`drain`](Self::drain) waits for.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.tasks.spawn_on(task, &self.runtime)
    }

    /// Keeps [`drain`](Self::drain) waiting until it is dropped.
    pub(crate) fn token(&self) -> TaskTrackerToken {
        self.tasks.token()
    }

    pub(crate) fn register(&self, id: CallId) -> Registered {
        self.open.register(id)
    }

    /// Records the end of a call. Nobody waits for it but [`drain`](Self::drain).
    pub(crate) fn finish(self: &Arc<Self>, drawn: Drawn, end: CallEnd, registered: Registered) {
        count_end(&end);
        let recorder = Arc::clone(self);
        self.spawn(async move {
            recorder.report(drawn, end).await;
            drop(registered);
        });
    }

    async fn report(&self, drawn: Drawn, end: CallEnd) {
        let mut pause = FIRST_PAUSE;
        for _ in 0..MOST_REPORTS {
            let Err(error) = self.calls.finish(drawn.clone(), end).await else {
                return;
            };
            let cause = error_chain(&error);
            tracing::warn!(call = %drawn.call_id, cause, "recording the end of a call failed; trying again");
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        tracing::error!(call = %drawn.call_id, "the end of a call was not recorded: it is given up");
    }
}
