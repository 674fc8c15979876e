//! Bounded execution: how many passwords are hashed at once, and how many callers may wait.

#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;
use std::sync::Arc;

use rayon::{ThreadPool, ThreadPoolBuildError};
use tokio::sync::{Semaphore, oneshot};
use udam_domain::HashingError;

use super::thread_pool;

/// Limits on concurrent and waiting password hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashingLimits {
    /// Passwords hashed at once. Each takes a core and the memory its hashes need; as many
    /// threads are started.
    pub max_concurrent: NonZeroUsize,
    /// Callers that may wait beyond those. The next one gets [`HashingError::Overloaded`].
    pub max_waiting: usize,
}

impl HashingLimits {
    /// At some tens of milliseconds a hash, the last caller waits a few seconds.
    const WAITING_PER_THREAD: usize = 64;

    /// Limits for a machine with this many cores: one hash a core, with one core left for other
    /// requests, and 64 waiting callers for each hash at once.
    #[must_use]
    pub fn for_cores(cores: NonZeroUsize) -> Self {
        let max_concurrent = NonZeroUsize::new(cores.get() - 1).unwrap_or(NonZeroUsize::MIN);
        Self {
            max_concurrent,
            max_waiting: max_concurrent
                .get()
                .saturating_mul(Self::WAITING_PER_THREAD),
        }
    }
}

/// Runs blocking jobs on a thread pool, a bounded number at once, and rejects jobs beyond the bound
/// on waiting.
#[derive(Debug)]
pub(super) struct BoundedExecutor {
    /// One permit for each job that runs or waits.
    admitted: Arc<Semaphore>,
    /// One permit for each job that runs.
    running: Arc<Semaphore>,
    threads: ThreadPool,
}

impl BoundedExecutor {
    /// Starts the threads.
    pub(super) fn new(limits: HashingLimits) -> Result<Self, ThreadPoolBuildError> {
        let HashingLimits {
            max_concurrent,
            max_waiting,
        } = limits;
        let semaphore =
            |permits: usize| Arc::new(Semaphore::new(permits.min(Semaphore::MAX_PERMITS)));
        Ok(Self {
            admitted: semaphore(max_concurrent.get().saturating_add(max_waiting)),
            running: semaphore(max_concurrent.get()),
            threads: thread_pool::low_priority(max_concurrent)?,
        })
    }

    /// Runs the job on one of the threads, in the order of the calls, and returns its result.
    ///
    /// A caller that is cancelled while it waits frees its place at once. A job that has begun runs
    /// to its end, and holds its place until then.
    ///
    /// # Errors
    /// [`HashingError::Overloaded`] beyond the limits, [`HashingError::Failed`] if the job panics.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashingError> {
        let Ok(admitted) = Arc::clone(&self.admitted).try_acquire_owned() else {
            return Err(HashingError::Overloaded);
        };
        let Ok(running) = Arc::clone(&self.running).acquire_owned().await else {
            return Err(HashingError::Failed);
        };
        let (sender, result) = oneshot::channel();
        // The permits move into the job: released on cancellation, they would let clients that open
        // and close connections exceed the limit.
        self.threads.spawn(move || {
            let permits = (admitted, running);
            let output = job();
            // Before the result is sent, so that a caller that has it finds the place free.
            drop(permits);
            // The receiver is gone if the caller was cancelled.
            sender.send(output).ok();
        });
        result.await.or(Err(HashingError::Failed))
    }
}
