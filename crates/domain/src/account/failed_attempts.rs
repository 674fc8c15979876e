use thiserror::Error;

use super::AttemptSource;
use crate::time::{SignedDuration, Timestamp, after};

/// Failed attempts at the password, or the second factor, of one account from one source, with those that are not decided
/// yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailedAttempts {
    /// Number of attempts, at least 1.
    pub count: u32,
    /// Time of the last one, UTC.
    pub last_at: Timestamp,
}

/// Secret that an attempt guesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttemptKind {
    /// The password.
    Password,
    /// The second factor, by who has given the right password, or has a session.
    SecondFactor,
}

/// Limits on the guesses of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptLimits {
    /// Number of attempts that need not wait: more than a person needs who has forgotten which password it was.
    pub free: u32,
    /// Longest wait between two attempts.
    pub longest_wait: SignedDuration,
    /// Time after the last attempt at which all are forgotten.
    pub memory: SignedDuration,
}

impl AttemptKind {
    /// The limits.
    ///
    /// For passwords, 96 attempts a day are left to those who go on and on: no list of passwords beyond the common ones,
    /// which nobody may choose, is worth that. NIST SP 800-63B, 3.2.2, suggests waits that grow so far.
    ///
    /// A code is one of a million, and three of them are right at a time: whoever guesses as fast as admitted has fewer than
    /// 400 attempts a year, and is right once in a thousand years.
    #[must_use]
    pub const fn limits(self) -> AttemptLimits {
        match self {
            Self::Password => AttemptLimits {
                free: 10,
                longest_wait: SignedDuration::from_mins(15),
                memory: SignedDuration::from_hours(24),
            },
            Self::SecondFactor => AttemptLimits {
                free: 5,
                longest_wait: SignedDuration::from_hours(24),
                memory: SignedDuration::from_hours(30 * 24),
            },
        }
    }
}

/// Outcome of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// The password or the code was the account's.
    Right,
    /// It was not, or there is no such account.
    Wrong,
    /// It could not be verified, and disclosed nothing.
    Unverified,
}

/// There were too many attempts at the password, or the second factor, of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there were too many attempts")]
pub struct TooManyAttempts {
    /// Time until the next attempt is admitted; more than zero.
    pub retry_after: SignedDuration,
}

impl TooManyAttempts {
    /// The time until the next attempt in whole seconds, rounded up; at least 1.
    #[must_use]
    pub fn retry_after_seconds(&self) -> u64 {
        let started = u64::from(self.retry_after.subsec_nanos() > 0);
        let whole = u64::try_from(self.retry_after.as_secs()).unwrap_or(0);
        whole.saturating_add(started).max(1)
    }
}

impl FailedAttempts {
    /// Counts an attempt at `now`, before what it gives is verified: attempts at once are then no more than
    /// attempts one after another.
    ///
    /// # Errors
    /// [`TooManyAttempts`] if it comes too early. It does not count then, and prolongs no wait.
    pub fn admit(
        found: Option<Self>,
        limits: &AttemptLimits,
        now: Timestamp,
    ) -> Result<Self, TooManyAttempts> {
        let count = found
            .filter(|found| now < found.forgotten_at(limits))
            .map_or(0, |found| found.count);
        if let Some(found) = found {
            let wait = limits.wait_after(count);
            // By the clock of another server, the last attempt may lie ahead.
            let left = after(found.last_at, wait).duration_since(now).min(wait);
            if left > SignedDuration::ZERO {
                return Err(TooManyAttempts { retry_after: left });
            }
        }
        Ok(Self {
            count: count.saturating_add(1),
            last_at: now,
        })
    }

    /// The attempts that still count once one of them, from `source`, has this outcome; `None` if none does.
    ///
    /// The right password clears the count of a device, which nobody else adds to. In that of strangers, it
    /// takes back itself alone: others go on guessing.
    #[must_use]
    pub fn settle(self, source: AttemptSource, outcome: AttemptOutcome) -> Option<Self> {
        let count = match (outcome, source) {
            (AttemptOutcome::Wrong, _) => self.count,
            (AttemptOutcome::Right, AttemptSource::Place(_) | AttemptSource::Session(_)) => 0,
            (AttemptOutcome::Right, AttemptSource::Strangers) | (AttemptOutcome::Unverified, _) => {
                self.count.saturating_sub(1)
            }
        };
        (count > 0).then_some(Self { count, ..self })
    }

    /// Time from which they are forgotten, UTC, unless there are more.
    #[must_use]
    pub fn forgotten_at(&self, limits: &AttemptLimits) -> Timestamp {
        after(self.last_at, limits.memory)
    }
}

impl AttemptLimits {
    /// Time to wait after this many failures: a second once the free ones are used up, then twice as long
    /// each time.
    fn wait_after(&self, failures: u32) -> SignedDuration {
        let Some(doublings) = failures.checked_sub(self.free) else {
            return SignedDuration::ZERO;
        };
        let seconds = 1_i64
            .checked_shl(doublings)
            .filter(|seconds| *seconds > 0)
            .unwrap_or(i64::MAX);
        SignedDuration::from_secs(seconds).min(self.longest_wait)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::account::{LogInPlace, Network};
    use crate::fixtures::at;

    const PASSWORD: AttemptLimits = AttemptKind::Password.limits();

    fn failed(count: u32, last_at: i64) -> FailedAttempts {
        FailedAttempts {
            count,
            last_at: at(last_at),
        }
    }

    fn wait(found: FailedAttempts, now: i64) -> i64 {
        match FailedAttempts::admit(Some(found), &PASSWORD, at(now)) {
            Ok(_) => 0,
            Err(refused) => refused.retry_after.as_secs(),
        }
    }

    #[test]
    fn the_first_attempts_are_free_and_each_further_one_waits_twice_as_long() {
        assert_eq!(
            FailedAttempts::admit(None, &PASSWORD, at(5)).ok(),
            Some(failed(1, 5))
        );
        assert_eq!(wait(failed(9, 0), 0), 0);
        let waits: Vec<i64> = (10..22).map(|count| wait(failed(count, 0), 0)).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!(wait(failed(u32::MAX, 0), 0), 900);
        assert_eq!(wait(failed(12, 100), 103), 1);
        assert_eq!(wait(failed(12, 100), 104), 0);
    }

    #[test]
    fn whoever_guesses_codes_for_a_year_has_few_attempts() {
        let limits = AttemptKind::SecondFactor.limits();
        // Without a pause, and with those that let all be forgotten.
        for pause in [SignedDuration::ZERO, limits.memory] {
            let (mut found, mut now, mut attempts) = (None, at(0), 0_u32);
            while now < at(365 * 86_400) {
                match FailedAttempts::admit(found, &limits, now) {
                    Ok(counted) => {
                        found = Some(counted);
                        attempts += 1;
                    }
                    Err(refused) => {
                        let day = refused.retry_after >= limits.longest_wait;
                        now = after(
                            now,
                            if day {
                                refused.retry_after.max(pause)
                            } else {
                                refused.retry_after
                            },
                        );
                    }
                }
            }
            assert!(attempts < 400, "{attempts}");
        }
    }

    #[test]
    fn failures_are_forgotten_after_a_day_without_any() {
        let day = 86_400;
        assert_eq!(
            FailedAttempts::admit(Some(failed(40, 0)), &PASSWORD, at(day - 1)).ok(),
            Some(failed(41, day - 1))
        );
        assert_eq!(
            FailedAttempts::admit(Some(failed(40, 0)), &PASSWORD, at(day)).ok(),
            Some(failed(1, day))
        );
    }

    #[test]
    fn the_right_password_clears_the_count_of_its_device_and_takes_itself_off_that_of_strangers() {
        let network = Network::of([192, 0, 2, 1].into());
        let device = AttemptSource::Place(LogInPlace::Network(network));
        let failures = failed(3, 0);
        for (outcome, of_device, of_strangers) in [
            (AttemptOutcome::Right, None, Some(failed(2, 0))),
            (
                AttemptOutcome::Wrong,
                Some(failed(3, 0)),
                Some(failed(3, 0)),
            ),
            (
                AttemptOutcome::Unverified,
                Some(failed(2, 0)),
                Some(failed(2, 0)),
            ),
        ] {
            assert_eq!(failures.settle(device, outcome), of_device);
            assert_eq!(
                failures.settle(AttemptSource::Strangers, outcome),
                of_strangers
            );
        }
        let one = failed(1, 0);
        assert_eq!(
            one.settle(AttemptSource::Strangers, AttemptOutcome::Right),
            None
        );
    }

    #[test]
    fn the_wait_is_told_in_whole_seconds() {
        let seconds = |millis| {
            let retry_after = SignedDuration::from_millis(millis);
            TooManyAttempts { retry_after }.retry_after_seconds()
        };
        assert_eq!(
            [1, 999, 1_000, 1_001, 900_000].map(seconds),
            [1, 1, 1, 2, 900]
        );
    }

    proptest! {
        #[test]
        fn a_wait_is_positive_and_never_longer_than_the_longest(
            count in 1..=u32::MAX, last_at in 0..1_000_000_i64, now in 0..1_000_000_i64,
        ) {
            match FailedAttempts::admit(Some(failed(count, last_at)), &PASSWORD, at(now)) {
                Ok(counted) => {
                    prop_assert_eq!(counted.last_at, at(now));
                    prop_assert!(counted.count == 1 || counted.count == count.saturating_add(1));
                }
                Err(refused) => {
                    prop_assert!(refused.retry_after > SignedDuration::ZERO);
                    prop_assert!(refused.retry_after <= PASSWORD.longest_wait);
                    prop_assert!(refused.retry_after_seconds() <= 900);
                    // Whoever waits as long as was asked for is admitted.
                    let then = after(at(now), refused.retry_after);
                    if last_at <= now {
                        prop_assert!(FailedAttempts::admit(Some(failed(count, last_at)), &PASSWORD, then).is_ok());
                    }
                }
            }
        }

        #[test]
        fn more_failures_never_wait_for_less(count in 1..u32::MAX, now in 0..86_000_i64) {
            prop_assert!(wait(failed(count, 0), now) <= wait(failed(count + 1, 0), now));
        }

        #[test]
        fn whoever_guesses_as_fast_as_admitted_has_few_attempts_a_day(
            pauses in prop::collection::vec(0..60_i64, 0..200),
        ) {
            let (mut found, mut now, mut attempts) = (None, at(0), 0_u32);
            let mut pauses = pauses.into_iter();
            while now < at(86_400) {
                match FailedAttempts::admit(found, &PASSWORD, now) {
                    Ok(counted) => {
                        found = Some(counted);
                        attempts += 1;
                    }
                    Err(refused) => now = after(now, refused.retry_after),
                }
                now = after(now, SignedDuration::from_secs(pauses.next().unwrap_or(0)));
            }
            prop_assert!(attempts <= 116, "{} attempts", attempts);
        }
    }
}
