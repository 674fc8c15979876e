//! Chance that can be had again.

use std::ops::Range;
use std::time::Duration;

use fastrand::Rng;

/// Draws that the same seed gives in the same order.
#[derive(Debug, Clone)]
pub(crate) struct Chance(Rng);

impl Chance {
    /// What happens in one round, whatever happened in those before it.
    pub(crate) fn of_round(seed: u64, round: u64) -> Self {
        // Neighbouring seeds must not share rounds, nor neighbouring rounds draws.
        let of_seed = Rng::with_seed(seed).u64(..);
        let of_round = Rng::with_seed(of_seed.wrapping_add(round)).u64(..);
        Self(Rng::with_seed(of_round))
    }

    /// Draws of somebody's own: how often they draw changes nothing for anybody else.
    pub(crate) fn fork(&mut self) -> Self {
        Self(self.0.fork())
    }

    /// A number below `bound`, which is not nought.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0.usize(..bound)
    }

    /// A number in this range.
    pub(crate) fn within(&mut self, range: Range<u32>) -> u32 {
        self.0.u32(range)
    }

    /// A time of so many milliseconds, and of any fraction of one.
    pub(crate) fn millis(&mut self, range: Range<u32>) -> Duration {
        let span = range.end.saturating_sub(range.start);
        Duration::from_millis(range.start.into())
            + Duration::from_millis(span.into()).mul_f64(self.0.f64())
    }

    /// Whether something happens that does so in so many cases of a hundred.
    pub(crate) fn happens(&mut self, percent: u32) -> bool {
        self.0.u32(..100) < percent
    }

    /// One of several, each as often as its weight says.
    pub(crate) fn weighed<T: Copy>(&mut self, choices: &[(usize, T)]) -> T {
        let mut drawn = self.below(choices.iter().map(|(weight, _)| weight).sum());
        for (weight, choice) in choices {
            if drawn < *weight {
                return *choice;
            }
            drawn = drawn.saturating_sub(*weight);
        }
        unreachable!("what is drawn is below the sum of the weights")
    }

    /// Puts them in another order.
    pub(crate) fn shuffle<T>(&mut self, all: &mut [T]) {
        self.0.shuffle(all);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_draws(mut chance: Chance) -> Vec<usize> {
        (0..20).map(|_| chance.below(1_000)).collect()
    }

    #[test]
    fn a_round_is_drawn_again_as_it_was() {
        let round = || first_draws(Chance::of_round(7, 3));
        assert_eq!(round(), round());
    }

    #[test]
    fn rounds_and_seeds_do_not_repeat_each_other() {
        let mut seen = Vec::new();
        for seed in 0..20 {
            for round in 0..20 {
                seen.push(first_draws(Chance::of_round(seed, round)));
            }
        }
        let drawn = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), drawn);
    }

    #[test]
    fn what_a_fork_draws_changes_nothing_for_others() {
        let (mut one, mut other) = (Chance::of_round(7, 3), Chance::of_round(7, 3));
        let (mut busy, _idle) = (one.fork(), other.fork());
        first_draws(busy.fork());
        busy.below(5);
        assert_eq!(first_draws(one), first_draws(other));
    }

    #[test]
    fn choices_come_as_often_as_they_weigh() {
        let mut chance = Chance::of_round(1, 1);
        let heavy = (0..10_000)
            .filter(|_| chance.weighed(&[(9, true), (1, false)]))
            .count();
        assert!((8_800..9_200).contains(&heavy), "{heavy}");
    }
}
