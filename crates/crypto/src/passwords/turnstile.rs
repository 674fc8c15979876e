#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use udam_domain::HashingError;

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
}

impl Turnstile {
    pub(super) fn new(limits: HashingLimits) -> Self {
        let HashingLimits { at_once, waiting } = limits;
        let semaphore =
            |permits: usize| Arc::new(Semaphore::new(permits.min(Semaphore::MAX_PERMITS)));
        Self {
            places: semaphore(at_once.get().saturating_add(waiting)),
            turns: semaphore(at_once.get()),
        }
    }

    /// Does the work on the blocking pool, when it is its turn.
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
        // Work that has begun goes on when its caller goes away. It takes its permits along, or
        // callers that go away would let in more than the limit.
        let done = spawn_blocking(move || {
            let _held = (place, turn);
            work()
        });
        done.await.or(Err(HashingError::Failed))
    }
}
