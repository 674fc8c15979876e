#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;
use std::sync::Arc;

use tokio::sync::{Semaphore, oneshot};
use udam_domain::HashingError;

use super::threads::Threads;

/// How many passwords are worked on at once, and how many more may wait their turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashingLimits {
    /// At once. Each takes a core, and the memory of its cost.
    pub at_once: NonZeroUsize,
    /// Waiting, before callers are told to come back.
    pub waiting: usize,
}

impl HashingLimits {
    /// With the default cost, some tens of milliseconds each: the last to wait is answered within a
    /// few seconds, which is what a person waits.
    const WAITING_PER_CORE: usize = 64;

    /// For a machine with so many cores: all but one, so that orders go on while everyone logs in.
    #[must_use]
    pub fn for_cores(cores: NonZeroUsize) -> Self {
        let at_once = NonZeroUsize::new(cores.get() - 1).unwrap_or(NonZeroUsize::MIN);
        Self {
            at_once,
            waiting: at_once.get().saturating_mul(Self::WAITING_PER_CORE),
        }
    }
}

/// Lets slow work through, a bounded number at once, and turns away who would wait too long.
#[derive(Debug)]
pub(super) struct Turnstile {
    /// One for each that is inside or waits.
    places: Arc<Semaphore>,
    /// One for each that is inside.
    turns: Arc<Semaphore>,
    at_once: usize,
    threads: Threads,
}

impl Turnstile {
    pub(super) fn new(limits: HashingLimits) -> Self {
        let HashingLimits { at_once, waiting } = limits;
        let semaphore =
            |permits: usize| Arc::new(Semaphore::new(permits.min(Semaphore::MAX_PERMITS)));
        Self {
            places: semaphore(at_once.get().saturating_add(waiting)),
            turns: semaphore(at_once.get()),
            at_once: at_once.get().min(Semaphore::MAX_PERMITS),
            threads: Threads::new(),
        }
    }

    /// Does the work on a thread of its own, when it is its turn.
    pub(super) async fn pass<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashingError> {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            return Err(HashingError::Overloaded);
        };
        let Ok(turn) = Arc::clone(&self.turns).acquire_owned().await else {
            return Err(HashingError::Failed);
        };
        let (answer, answered) = oneshot::channel();
        // Work that has begun goes on when its caller goes away. It takes its permits along, or
        // callers that go away would let in more than the limit.
        let work = move || {
            let held = (place, turn);
            let done = work();
            // Whoever is answered finds the place free.
            drop(held);
            // Nobody may be there any more to hear it.
            answer.send(done).ok();
        };
        let inside = self.at_once.saturating_sub(self.turns.available_permits());
        self.threads.hand(inside, work)?;
        answered.await.or(Err(HashingError::Failed))
    }
}
