use ring::error::Unspecified;
use ring::rand::{SecureRandom, SystemRandom};
use udam_domain::time::Timestamp;
use udam_domain::{Clock, Entropy};

/// The operating system's clock, in whole microseconds as PostgreSQL stores them.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the adapter of the Clock port is the one place that reads the system clock"
    )]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}

/// The operating system's source of random bytes, through ring.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    /// # Panics
    /// If the operating system has no random bytes. The port has no error for that, and predictable
    /// secrets would be worse. A kernel that has been seeded never runs out; a sandbox that forbids
    /// the call shows it at the first one.
    fn fill(&self, destination: &mut [u8]) {
        let filled = SystemRandom::new().fill(destination);
        assert!(
            filled.is_ok(),
            "the operating system has no random bytes; allow the `getrandom` system call"
        );
    }
}

/// Random bytes, for callers that can return an error if there are none.
pub(crate) fn try_random<const LENGTH: usize>() -> Result<[u8; LENGTH], Unspecified> {
    let mut bytes = [0; LENGTH];
    SystemRandom::new().fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_returns_whole_microseconds() {
        for _ in 0..1_000 {
            assert_eq!(SystemClock.now().as_nanosecond() % 1_000, 0);
        }
    }

    #[test]
    fn the_clock_advances() {
        let start = SystemClock.now();
        std::thread::sleep(std::time::Duration::from_millis(2));
        assert!(SystemClock.now() > start);
    }

    #[test]
    fn every_byte_is_filled() {
        // A random byte is zero 64 times in a row once in 2^512 runs.
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
