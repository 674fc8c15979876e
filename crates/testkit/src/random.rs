use std::ops::Range;
use std::time::Duration;

use fastrand::Rng;

/// A random number generator that repeats its draws for the same seed.
#[derive(Debug, Clone)]
pub struct SeededRng(Rng);

impl SeededRng {
    /// A generator for a whole run.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Rng::with_seed(seed))
    }

    /// One of many independent generators of a seed, for rounds that are repeated alone.
    #[must_use]
    pub fn stream(seed: u64, stream: u64) -> Self {
        // Neighbouring seeds must not share streams, nor neighbouring streams draws.
        let of_seed = Rng::with_seed(seed).u64(..);
        let of_stream = Rng::with_seed(of_seed.wrapping_add(stream)).u64(..);
        Self(Rng::with_seed(of_stream))
    }

    /// A generator of its own for a task: how often it draws changes nothing for the others.
    #[must_use]
    pub fn fork(&mut self) -> Self {
        Self(self.0.fork())
    }

    /// A number below `bound`.
    ///
    /// # Panics
    /// If `bound` is zero.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0.usize(..bound)
    }

    /// A number in a range.
    ///
    /// # Panics
    /// If the range is empty.
    pub fn within(&mut self, range: Range<u32>) -> u32 {
        self.0.u32(range)
    }

    /// A duration in a range of milliseconds, with fractions of one.
    pub fn millis(&mut self, range: Range<u32>) -> Duration {
        let span = range.end.saturating_sub(range.start);
        Duration::from_millis(range.start.into())
            + Duration::from_millis(span.into()).mul_f64(self.0.f64())
    }

    /// `true` in `percent` cases of a hundred.
    pub fn percent(&mut self, percent: u32) -> bool {
        self.0.u32(..100) < percent
    }

    /// One of several choices, each as often as its weight.
    ///
    /// # Panics
    /// If all weights are zero.
    pub fn weighted<T: Copy>(&mut self, choices: &[(usize, T)]) -> T {
        let mut drawn = self.below(choices.iter().map(|(weight, _)| weight).sum());
        for (weight, choice) in choices {
            if drawn < *weight {
                return *choice;
            }
            drawn = drawn.saturating_sub(*weight);
        }
        unreachable!("what is drawn is below the sum of the weights")
    }

    /// Puts the items in a random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        self.0.shuffle(items);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_draws(mut rng: SeededRng) -> Vec<usize> {
        (0..20).map(|_| rng.below(1_000)).collect()
    }

    #[test]
    fn a_stream_repeats_its_draws() {
        let stream = || first_draws(SeededRng::stream(7, 3));
        assert_eq!(stream(), stream());
    }

    #[test]
    fn streams_and_seeds_do_not_repeat_each_other() {
        let mut seen = Vec::new();
        for seed in 0..20 {
            for stream in 0..20 {
                seen.push(first_draws(SeededRng::stream(seed, stream)));
            }
        }
        let drawn = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), drawn);
    }

    #[test]
    fn draws_of_a_fork_change_nothing_for_others() {
        let (mut one, mut other) = (SeededRng::stream(7, 3), SeededRng::stream(7, 3));
        let (mut busy, _idle) = (one.fork(), other.fork());
        first_draws(busy.fork());
        busy.below(5);
        assert_eq!(first_draws(one), first_draws(other));
    }

    #[test]
    fn choices_are_drawn_as_often_as_they_weigh() {
        let mut rng = SeededRng::stream(1, 1);
        let heavy = (0..10_000)
            .filter(|_| rng.weighted(&[(9, true), (1, false)]))
            .count();
        assert!((8_800..9_200).contains(&heavy), "{heavy}");
    }
}
