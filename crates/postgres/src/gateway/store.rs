use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;
use metrics::histogram;
use tokio::sync::Semaphore;
use udam_domain::gateway::{DrawCall, EndedCall, Finished};
use udam_domain::id::CallId;
use udam_domain::time::{SignedDuration, Timestamp};
use udam_domain::{CallStore, DrawCallError, DrawnCall, StoreError};

use super::batch::{self, CallDone, CallJob, CallResult};
use super::known::Known;
use super::{days, extend, lost};
use crate::batcher::{BatchLimits, Batcher, SubmitError};
use crate::halves::in_halves;
use crate::pool::PgPool;

/// Draws and ends calls through the gateway in PostgreSQL.
#[derive(Clone)]
pub struct PgCallStore {
    caller: Caller,
    batcher: Batcher<CallJob, CallResult>,
    /// A permit for each call that may wait to be drawn.
    waiting: Arc<Semaphore>,
}

/// Largest number of calls that wait to be drawn. One that would wait for more than a fraction of a second is better
/// refused, to be tried again.
const MAX_WAITING: usize = 1024;

/// Largest number of calls that wait, to be drawn or ended. An end that is refused leaves the buyer's units open until the
/// call is given up: there is room for those of all streams that a server may have.
const MAX_QUEUED: usize = 65_536;

/// Largest number of concurrent batches, reached only when others have stalled.
const MAX_WORKERS: usize = 4;

/// Time after which a batch counts as stalled. One takes a few milliseconds.
const STALL_AFTER: Duration = Duration::from_millis(100);

impl PgCallStore {
    /// Default of the largest number of calls in one transaction.
    pub const BATCH: NonZeroUsize = NonZeroUsize::MIN.saturating_add(255);

    /// Name of the histogram of the number of calls in a transaction.
    pub const BATCH_SIZE: &str = "udam_call_batch_size";

    /// A store over `pool`, in batches of up to [`BATCH`](Self::BATCH) calls.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        Self::with_batches_of(Self::BATCH, pool)
    }

    /// As [`new`](Self::new), in batches of up to `calls` calls.
    #[must_use]
    pub fn with_batches_of(calls: NonZeroUsize, pool: PgPool) -> Self {
        let caller = Caller {
            pool,
            known: Arc::new(Known::new()),
        };
        let limits = BatchLimits {
            max_queued: MAX_QUEUED,
            max_batch_size: calls.get(),
            max_workers: MAX_WORKERS,
            stall_after: STALL_AFTER,
        };
        let flushing = caller.clone();
        let batcher = Batcher::new(limits, move |jobs: Vec<CallJob>| {
            let caller = flushing.clone();
            // At most `MAX_QUEUED`.
            let size = u32::try_from(jobs.len()).unwrap_or(u32::MAX);
            histogram!(Self::BATCH_SIZE).record(size);
            async move { caller.run_all(&jobs).await }.boxed()
        });
        Self {
            caller,
            batcher,
            waiting: Arc::new(Semaphore::new(MAX_WAITING)),
        }
    }

    /// Accepts no more calls, and waits until those accepted have been drawn or ended, also those whose callers have been
    /// dropped.
    pub async fn drain(&self) {
        self.batcher.drain().await;
    }

    async fn submit(&self, job: CallJob) -> CallResult {
        match self.batcher.submit(job).await {
            Ok(result) => result,
            Err(SubmitError::Rejected) => Err(StoreError::Overloaded),
            Err(SubmitError::Lost) => Err(batch::failed("the batch of the call panicked")),
        }
    }
}

/// Runs batches of calls.
#[derive(Clone)]
struct Caller {
    pool: PgPool,
    known: Arc<Known>,
}

impl Caller {
    async fn run_all(&self, jobs: &[CallJob]) -> Vec<CallResult> {
        let together = |jobs| {
            let caller = self.clone();
            async move { caller.run_together(jobs).await }.boxed()
        };
        in_halves(jobs, together, Err).await
    }

    async fn run_together(&self, jobs: Arc<[CallJob]>) -> Result<Vec<CallResult>, StoreError> {
        let known = Arc::clone(&self.known);
        self.pool
            .pipelined_transaction(move |tx| {
                let (known, jobs) = (Arc::clone(&known), Arc::clone(&jobs));
                async move { batch::run(tx, &known, &jobs).await }.boxed()
            })
            .await
    }
}

#[async_trait]
impl CallStore for PgCallStore {
    async fn draw(&self, draw: DrawCall) -> Result<DrawnCall, DrawCallError> {
        let permit = self.waiting.try_acquire();
        let _permit = permit.map_err(|_none| StoreError::Overloaded)?;
        match self.submit(CallJob::Draw(draw)).await? {
            CallDone::Drawn(drawn) => Ok(*drawn?),
            CallDone::Finished(_) => Err(mixed_up().into()),
        }
    }

    async fn finish(&self, ended: EndedCall) -> Result<Finished, StoreError> {
        match self.submit(CallJob::Finish(Box::new(ended))).await? {
            CallDone::Finished(finished) => Ok(finished),
            CallDone::Drawn(_) => Err(mixed_up()),
        }
    }

    async fn extend(&self, calls: Vec<CallId>, deadline: Timestamp) -> Result<(), StoreError> {
        extend::extend(&self.caller.pool, &calls, deadline).await
    }

    async fn give_up_lost(&self, now: Timestamp, limit: u16) -> Result<Vec<CallId>, StoreError> {
        lost::give_up(&self.caller.pool, &self.caller.known, now, limit).await
    }

    async fn keep(&self, now: Timestamp, kept: SignedDuration) -> Result<(), StoreError> {
        days::keep(&self.caller.pool, now, kept).await
    }
}

fn mixed_up() -> StoreError {
    batch::failed("the batch has returned the result of another call")
}
