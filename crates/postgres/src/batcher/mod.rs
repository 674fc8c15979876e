//! Runs concurrent jobs in batches, where each job alone would queue for the same lock or disk.
//!
//! A job submitted while the batcher is idle runs at once, alone. Jobs submitted while a batch is running
//! wait in a queue; the next batch takes all that wait, up to a limit. There is no timer: an idle batcher
//! adds no latency, and the higher the load, the larger the batches.
//!
//! | Step | By | Guarantee |
//! |---|---|---|
//! | submit | the caller | the job is queued and will get a result, or fails at once because the queue is full or closed |
//! | flush | a worker | takes the jobs that have waited longest; no job is in two batches |
//! | deliver | the same worker | each caller gets its result once; then the next flush, or exit if the queue is empty |
//! | stall | the caller, or the stalled worker | a further worker starts when all others have been in one batch for long |
//! | drain | the server | no more jobs are accepted; returns when every queued job has its result |
//!
//! Workers are tasks of their own, so a caller that is dropped cancels no job, not even its own. The jobs of
//! a batch that panics are lost, and their callers get [`SubmitError::Lost`].
//!
//! # Libraries considered
//!
//! - `batch-aint-one` 0.16 is the nearest. Its `Immediate` policy batches in the same way; but the number of
//!   concurrent batches is fixed, so that a second one could not wait for the first to stall (two at once
//!   are slower, `docs/orders.md`), and a caller that is dropped takes its queued job along, where
//!   `OrderStore::place` promises that it does not.
//! - `ultra-batch` 0.3, `batched` 0.3, `tower-batch` 0.4 and `tower-batch-control` 1.1 flush when a timer
//!   fires or a batch is full: that timer is latency that an idle marketplace would add to each order.
//! - `tower::buffer` 0.5 has one worker that passes requests on one by one.
//! - A `tokio::sync::mpsc` channel with `recv_many` in a loop is most of this, but neither a second worker
//!   after a stall nor a drain that waits for running batches; with those added it would be no shorter.

mod queue;
mod runtime;
mod worker;

use std::sync::Arc;
use std::time::Instant;

use futures::future::BoxFuture;

pub(crate) use queue::BatchLimits;
use worker::Shared;

/// Why a job has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SubmitError {
    /// The queue is full or closed; the job was not run.
    Rejected,
    /// Its batch panicked, or its worker was dropped; the job may have run.
    Lost,
}

/// Runs jobs `J` in batches, each with a result `R`. A clone is the same batcher.
pub(crate) struct Batcher<J, R>(Arc<Shared<J, R>>);

impl<J, R> Clone for Batcher<J, R> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<J: Send + 'static, R: Send + 'static> Batcher<J, R> {
    /// A batcher that runs each batch with `flush`, which returns one result per job, in their order.
    pub(crate) fn new(
        limits: BatchLimits,
        flush: impl Fn(Vec<J>) -> BoxFuture<'static, Vec<R>> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Shared::new(limits, Box::new(flush))))
    }

    /// Runs a job as part of the next batch, and returns its result.
    ///
    /// # Errors
    /// [`SubmitError`]
    pub(crate) async fn submit(&self, job: J) -> Result<R, SubmitError> {
        let pushed = self.0.queue().push(job, Instant::now());
        let (result, worker) = pushed.ok_or(SubmitError::Rejected)?;
        if let Some(id) = worker {
            worker::start(Arc::clone(&self.0), id);
        }
        result.await.map_err(|_dropped| SubmitError::Lost)
    }

    /// Accepts no more jobs, and waits until those accepted have their results.
    pub(crate) async fn drain(&self) {
        let drained = self.0.queue().close();
        // The sender is dropped unused if no worker was running.
        let _ = drained.await;
    }
}

#[cfg(test)]
mod tests;
