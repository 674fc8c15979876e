use super::{MailOutcome, SendError};
use crate::time::{SignedDuration, Timestamp, after};

/// Times of mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailPolicy {
    /// Time for which a claimed mail is left to the server that has claimed it. Longer than sending takes at most.
    pub claim: SignedDuration,
    /// Wait after a first failure; it doubles with each further one.
    pub first_wait: SignedDuration,
    /// Longest wait.
    pub longest_wait: SignedDuration,
    /// Time from when a mail was written, after which it is not tried again.
    pub give_up_after: SignedDuration,
    /// Time for which mails are kept that were sent or given up.
    pub kept_for: SignedDuration,
}

impl Default for MailPolicy {
    fn default() -> Self {
        Self {
            claim: SignedDuration::from_secs(60),
            first_wait: SignedDuration::from_secs(10),
            longest_wait: SignedDuration::from_hours(1),
            give_up_after: SignedDuration::from_hours(3 * 24),
            kept_for: SignedDuration::from_hours(30 * 24),
        }
    }
}

impl MailPolicy {
    /// What becomes of a mail, written at `written_at`, that has failed for the `attempts`th time.
    ///
    /// A mail that was refused is given up at once, and any other when it is too old. Until then the waits double.
    #[must_use]
    pub fn after_failure(
        &self,
        error: &SendError,
        attempts: u32,
        written_at: Timestamp,
        now: Timestamp,
    ) -> MailOutcome {
        let next = after(now, self.wait(attempts));
        let is_too_late = next >= after(written_at, self.give_up_after);
        match error {
            SendError::Refused(_) => MailOutcome::GivenUp,
            SendError::Unavailable(_) if is_too_late => MailOutcome::GivenUp,
            SendError::Unavailable(_) => MailOutcome::PutOff(next),
        }
    }

    fn wait(&self, attempts: u32) -> SignedDuration {
        let doublings = attempts.saturating_sub(1).min(30);
        let factor = 1_i32.checked_shl(doublings).unwrap_or(i32::MAX);
        let wait = self.first_wait.checked_mul(factor);
        wait.map_or(self.longest_wait, |wait| wait.min(self.longest_wait))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::at;

    fn unavailable() -> SendError {
        SendError::Unavailable("450 try again".into())
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let policy = MailPolicy::default();
        let waits = [1, 2, 3, 9, 10, 11, u32::MAX].map(|attempts| {
            match policy.after_failure(&unavailable(), attempts, at(0), at(0)) {
                MailOutcome::PutOff(next) => next.as_second(),
                _ => 0,
            }
        });
        assert_eq!(waits, [10, 20, 40, 2_560, 3_600, 3_600, 3_600]);
    }

    #[test]
    fn a_refused_mail_is_given_up_at_once() {
        let refused = SendError::Refused("550 no such mailbox".into());
        let outcome = MailPolicy::default().after_failure(&refused, 1, at(0), at(0));
        assert_eq!(outcome, MailOutcome::GivenUp);
    }

    proptest! {
        #[test]
        fn a_mail_is_tried_again_later_and_never_when_it_is_too_old(
            attempts in 0..100_u32,
            age in 0..400_000_i64,
        ) {
            let policy = MailPolicy::default();
            match policy.after_failure(&unavailable(), attempts, at(0), at(age)) {
                MailOutcome::PutOff(next) => {
                    prop_assert!(next > at(age));
                    prop_assert!(next <= after(at(age), policy.longest_wait));
                    prop_assert!(next < after(at(0), policy.give_up_after));
                }
                outcome => {
                    prop_assert_eq!(outcome, MailOutcome::GivenUp);
                    prop_assert!(at(age + 3_600) >= after(at(0), policy.give_up_after));
                }
            }
        }
    }
}
