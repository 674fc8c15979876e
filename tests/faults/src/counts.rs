//! Counts of what happened in a round, or in several.

use std::iter::Sum;
use std::ops::Add;

use crate::load::{OrderAttempt, Outcome};

/// Counts of a round, or of several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) rounds: usize,
    /// Attempts whose order was acknowledged.
    pub(crate) acknowledged: usize,
    /// Requests without a response.
    pub(crate) unanswered: usize,
    /// Requests that failed with 503.
    pub(crate) failed: usize,
    /// Requests that repeated an earlier one.
    pub(crate) retried: usize,
    /// Attempts that were rejected because too few units were left.
    pub(crate) sold_out: usize,
}

impl Counts {
    pub(crate) fn of(attempts: &[OrderAttempt]) -> Self {
        let sum = |count: &dyn Fn(&OrderAttempt) -> usize| attempts.iter().map(count).sum();
        Self {
            rounds: 1,
            acknowledged: sum(&|attempt| attempt.placed().take(1).count()),
            unanswered: sum(&|attempt| attempt.count(|outcome| *outcome == Outcome::NoResponse)),
            failed: sum(&|attempt| attempt.count(|outcome| *outcome == Outcome::Failed)),
            retried: sum(&|attempt| attempt.requests.len().saturating_sub(1)),
            sold_out: sum(&|attempt| attempt.was_sold_out().into()),
        }
    }
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            rounds: self.rounds.saturating_add(other.rounds),
            acknowledged: self.acknowledged.saturating_add(other.acknowledged),
            unanswered: self.unanswered.saturating_add(other.unanswered),
            failed: self.failed.saturating_add(other.failed),
            retried: self.retried.saturating_add(other.retried),
            sold_out: self.sold_out.saturating_add(other.sold_out),
        }
    }
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Self::add)
    }
}
