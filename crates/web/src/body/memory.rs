//! The memory that all bodies of a process share.

use tokio::sync::{Semaphore, SemaphorePermit};

const KIB: usize = 1024;

/// Part of a body that is not counted, in bytes: nearly all bodies are smaller, so that others' large ones never keep
/// them out.
const UNCOUNTED: usize = 8 * KIB;

/// Memory for the counted parts of bodies that are read at once, in bytes.
const SHARED: usize = 64 * KIB * KIB;

/// For clients' bodies.
pub(super) static CLIENTS: Semaphore = Semaphore::const_new(SHARED);

/// For webhooks, which anybody can send: they must not keep clients out.
pub(super) static WEBHOOKS: Semaphore = Semaphore::const_new(SHARED);

/// Others' bodies have all of the memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exhausted;

/// The part of the shared memory that one body has, until it is dropped.
#[derive(Debug, Default)]
pub(super) struct Reservation {
    counted: usize,
    permit: Option<SemaphorePermit<'static>>,
}

impl Reservation {
    /// Makes it large enough for a body of this length.
    pub(super) fn grow(
        &mut self,
        pool: &'static Semaphore,
        length: usize,
    ) -> Result<(), Exhausted> {
        let counted = length.saturating_sub(UNCOUNTED);
        let more = counted.saturating_sub(self.counted);
        if more == 0 {
            return Ok(());
        }
        let more = u32::try_from(more).unwrap_or(u32::MAX);
        let Ok(permit) = pool.try_acquire_many(more) else {
            return Err(Exhausted);
        };
        match &mut self.permit {
            Some(held) => held.merge(permit),
            None => self.permit = Some(permit),
        }
        self.counted = counted;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_bodies_share_their_memory_and_small_ones_need_none() {
        static POOL: Semaphore = Semaphore::const_new(100 * KIB);
        let reserve = |length: usize| {
            let mut reservation = Reservation::default();
            reservation.grow(&POOL, length).map(|()| reservation)
        };
        let mut large = reserve(64 * KIB).unwrap();
        // It grows by what is missing, and never shrinks.
        for length in [64, 10, 100] {
            large.grow(&POOL, length * KIB).unwrap();
        }
        assert_eq!(POOL.available_permits(), 8 * KIB);
        assert_eq!(reserve(64 * KIB).unwrap_err(), Exhausted);
        assert!(reserve(16 * KIB).is_ok());
        let others: Vec<_> = (0..1_000).map(|_| reserve(UNCOUNTED).unwrap()).collect();
        drop((large, others));
        assert_eq!(POOL.available_permits(), 100 * KIB);
    }
}
