//! Chance with a seed: what a test saw once, it sees again.

use ring::digest::{SHA256, digest};

/// A stream of numbers that the seed alone decides.
#[derive(Debug)]
pub(crate) struct Chance {
    seed: Vec<u8>,
    drawn: u64,
}

impl Chance {
    pub(crate) fn new(seed: impl Into<Vec<u8>>) -> Self {
        Self {
            seed: seed.into(),
            drawn: 0,
        }
    }

    pub(crate) fn seeded(seed: u64) -> Self {
        Self::new(seed.to_be_bytes())
    }

    /// The next 32 bytes.
    pub(crate) fn block(&mut self) -> impl Iterator<Item = u8> + use<> {
        let mut input = self.seed.clone();
        input.extend(self.drawn.to_be_bytes());
        self.drawn = self.drawn.wrapping_add(1);
        let block = digest(&SHA256, &input);
        let bytes: Vec<u8> = block.as_ref().to_vec();
        bytes.into_iter()
    }

    fn number(&mut self) -> u64 {
        self.block()
            .take(8)
            .fold(0, |number, byte| number << 8 | u64::from(byte))
    }

    /// Whether something befalls that does so `per_mille` times in a thousand.
    pub(crate) fn befalls(&mut self, per_mille: u16) -> bool {
        self.number() % 1_000 < u64::from(per_mille)
    }

    /// A number of the range, both ends included.
    pub(crate) fn between(&mut self, least: u64, most: u64) -> u64 {
        let span = most.saturating_sub(least).saturating_add(1);
        least.saturating_add(self.number() % span)
    }

    /// Puts the items into any order, each as likely as the others.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let highest = u64::try_from(last).unwrap_or(u64::MAX);
            let chosen = usize::try_from(self.between(0, highest)).unwrap_or(last);
            items.swap(last, chosen);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_alone_decides() {
        let shuffled = |seed| {
            let mut items: Vec<u32> = (0..20).collect();
            Chance::seeded(seed).shuffle(&mut items);
            items
        };
        assert_eq!(shuffled(7), shuffled(7));
        assert_ne!(shuffled(7), shuffled(8));
    }

    #[test]
    fn what_befalls_does_so_about_as_often_as_asked() {
        let mut chance = Chance::seeded(1);
        let count = (0..10_000).filter(|_| chance.befalls(250)).count();
        assert!((2_300..2_700).contains(&count), "{count}");
        assert!(!chance.befalls(0));
        assert!(chance.befalls(1_000));
    }

    #[test]
    fn both_ends_of_a_range_are_drawn() {
        let mut chance = Chance::seeded(1);
        let drawn: Vec<u64> = (0..100).map(|_| chance.between(3, 5)).collect();
        for expected in 3..=5 {
            assert!(drawn.contains(&expected), "{expected}");
        }
        assert!(drawn.iter().all(|number| (3..=5).contains(number)));
    }
}
