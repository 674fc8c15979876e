use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

/// Limits of a batcher's queue, batches and workers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BatchLimits {
    /// Largest number of jobs that wait for a worker.
    pub(crate) max_queued: usize,
    /// Largest number of jobs in one batch.
    pub(crate) max_batch_size: usize,
    /// Largest number of workers, once some of them have stalled.
    pub(crate) max_workers: usize,
    /// Time after which a batch that is still running counts as stalled.
    pub(crate) stall_after: Duration,
}

/// Number of a worker, unique within its batcher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WorkerId(u64);

struct Worker {
    id: WorkerId,
    /// Start of its current batch, or its own start before the first one.
    busy_since: Instant,
}

/// A batch as it leaves the queue.
pub(super) struct Batch<J, R> {
    /// Its jobs, oldest first.
    pub(super) jobs: Vec<J>,
    /// Receivers of the results, in the order of the jobs.
    pub(super) waiters: Vec<oneshot::Sender<R>>,
}

/// Next action of a worker.
pub(super) enum Next<J, R> {
    /// Runs this batch.
    Run(Batch<J, R>),
    /// Delivers the results it still holds, and asks again: the queue is empty.
    Deliver,
    /// Exits: the queue is empty, and the worker has been taken off it.
    Exit,
}

/// The waiting jobs and the workers that serve them: the state that callers and workers share under one
/// lock.
pub(super) struct BatchQueue<J, R> {
    limits: BatchLimits,
    waiting: VecDeque<(J, oneshot::Sender<R>)>,
    workers: Vec<Worker>,
    next_worker: u64,
    closed: bool,
    /// Notified when the last worker has left.
    drained: Vec<oneshot::Sender<()>>,
}

impl<J, R> BatchQueue<J, R> {
    pub(super) const fn new(limits: BatchLimits) -> Self {
        Self {
            limits,
            waiting: VecDeque::new(),
            workers: Vec::new(),
            next_worker: 0,
            closed: false,
            drained: Vec::new(),
        }
    }

    /// Appends a job. Returns where its result will come, and the worker that the caller has to start, if
    /// one is needed. `None` when the queue is full or closed.
    pub(super) fn push(
        &mut self,
        job: J,
        now: Instant,
    ) -> Option<(oneshot::Receiver<R>, Option<WorkerId>)> {
        if self.closed || self.waiting.len() >= self.limits.max_queued {
            return None;
        }
        let (sender, result) = oneshot::channel();
        self.waiting.push_back((job, sender));
        Some((result, self.add_worker_if_stalled(now)))
    }

    /// Adds a worker, which the caller has to start, if jobs wait and every worker there is has stalled.
    pub(super) fn add_worker_if_stalled(&mut self, now: Instant) -> Option<WorkerId> {
        let stall_after = self.limits.stall_after;
        let has_stalled =
            |worker: &Worker| now.saturating_duration_since(worker.busy_since) >= stall_after;
        let is_needed = !self.waiting.is_empty()
            && self.workers.len() < self.limits.max_workers
            && self.workers.iter().all(has_stalled);
        if !is_needed {
            return None;
        }
        let id = WorkerId(self.next_worker);
        self.next_worker = self.next_worker.wrapping_add(1);
        let busy_since = now;
        self.workers.push(Worker { id, busy_since });
        Some(id)
    }

    /// Returns the next action of worker `id`. A worker that `holds_results` is not released before it
    /// has delivered them.
    pub(super) fn next(&mut self, id: WorkerId, now: Instant, holds_results: bool) -> Next<J, R> {
        if self.waiting.is_empty() {
            if holds_results {
                return Next::Deliver;
            }
            self.remove_worker(id);
            return Next::Exit;
        }
        if let Some(worker) = self.workers.iter_mut().find(|worker| worker.id == id) {
            worker.busy_since = now;
        }
        let size = self.waiting.len().min(self.limits.max_batch_size);
        let (jobs, waiters) = self.waiting.drain(..size).unzip();
        Next::Run(Batch { jobs, waiters })
    }

    /// Removes a worker that was dropped while it ran. If no other is left, the waiting jobs are dropped,
    /// which their callers see as [`SubmitError::Lost`](super::SubmitError::Lost).
    pub(super) fn abandon(&mut self, id: WorkerId) {
        self.remove_worker(id);
        if self.workers.is_empty() {
            self.waiting.clear();
        }
    }

    /// Accepts no more jobs. The receiver returned resolves, with or without a value, when no worker is
    /// left.
    pub(super) fn close(&mut self) -> oneshot::Receiver<()> {
        self.closed = true;
        let (sender, drained) = oneshot::channel();
        if !self.workers.is_empty() {
            self.drained.push(sender);
        }
        drained
    }

    #[cfg(test)]
    pub(super) fn is_idle(&self) -> bool {
        self.workers.is_empty() && self.waiting.is_empty()
    }

    fn remove_worker(&mut self, id: WorkerId) {
        self.workers.retain(|worker| worker.id != id);
        if self.workers.is_empty() {
            for waiter in self.drained.drain(..) {
                // A caller of `drain` may have been dropped meanwhile.
                let _ = waiter.send(());
            }
        }
    }
}
