//! How often things happened.

use std::iter::Sum;
use std::ops::Add;

use crate::load::{Errand, Said};

/// Counts of a round, or of several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) rounds: usize,
    /// Orders that somebody was told of.
    pub(crate) acknowledged: usize,
    /// Requests without an answer.
    pub(crate) unanswered: usize,
    /// Requests that were answered with a failure.
    pub(crate) failed: usize,
    /// Requests for what had been asked for before.
    pub(crate) retried: usize,
    /// Errands that were refused, because too few units were left.
    pub(crate) sold_out: usize,
}

impl Tally {
    pub(crate) fn of(errands: &[Errand]) -> Self {
        let sum = |count: &dyn Fn(&Errand) -> usize| errands.iter().map(count).sum();
        Self {
            rounds: 1,
            acknowledged: sum(&|errand| errand.bought().take(1).count()),
            unanswered: sum(&|errand| errand.said(|said| *said == Said::Nothing)),
            failed: sum(&|errand| errand.said(|said| *said == Said::Failed)),
            retried: sum(&|errand| errand.attempts.len().saturating_sub(1)),
            sold_out: sum(&|errand| errand.was_sold_out().into()),
        }
    }
}

impl Add for Tally {
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

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Self::add)
    }
}
