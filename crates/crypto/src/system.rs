use ring::error::Unspecified;
use ring::rand::{SecureRandom, SystemRandom};
use udam_domain::time::Timestamp;
use udam_domain::{Clock, Entropy};

/// The operating system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place where the time comes in"
    )]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}

/// The operating system's source of unpredictable bytes, through ring.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    /// # Panics
    /// When the operating system has no randomness to give: the port has no answer for that, and
    /// going on with predictable secrets is worse. A kernel that was once seeded always has some; a
    /// sandbox that forbids the call shows it from the first call on.
    fn fill(&self, destination: &mut [u8]) {
        let filled = SystemRandom::new().fill(destination);
        assert!(filled.is_ok(), "the operating system gives no random bytes");
    }
}

/// Unpredictable bytes, for callers that have an answer to there being none.
pub(crate) fn try_random<const LENGTH: usize>() -> Result<[u8; LENGTH], Unspecified> {
    let mut bytes = [0; LENGTH];
    SystemRandom::new().fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_tells_whole_microseconds() {
        for _ in 0..1_000 {
            assert_eq!(SystemClock.now().as_nanosecond() % 1_000, 0);
        }
    }

    #[test]
    fn the_clock_does_not_stand_still() {
        let start = SystemClock.now();
        std::thread::sleep(std::time::Duration::from_millis(2));
        assert!(SystemClock.now() > start);
    }

    #[test]
    fn chance_fills_every_byte() {
        // A byte that stays zero through 64 draws is one that is not drawn.
        let mut seen = [0_u8; 33];
        for _ in 0..64 {
            let mut drawn = [0; 33];
            SystemEntropy.fill(&mut drawn);
            for (seen, drawn) in seen.iter_mut().zip(drawn) {
                *seen |= drawn;
            }
        }
        assert!(seen.iter().all(|byte| *byte != 0));
    }
}
