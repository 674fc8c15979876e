use std::sync::atomic::{AtomicU8, Ordering};

use crate::ports::Entropy;

/// Bytes that are all the same.
#[derive(Debug, Clone, Copy, Default)]
pub struct FixedEntropy(pub u8);

impl Entropy for FixedEntropy {
    fn fill(&self, destination: &mut [u8]) {
        destination.fill(self.0);
    }
}

/// Bytes that are all 1 in the first draw, all 2 in the second, and so on: identifiers differ, and a test
/// can name the one it expects with [`FixedEntropy`].
#[derive(Debug, Default)]
pub struct CountingEntropy(AtomicU8);

impl Entropy for CountingEntropy {
    fn fill(&self, destination: &mut [u8]) {
        let drawn_before = self.0.fetch_add(1, Ordering::Relaxed);
        destination.fill(drawn_before.wrapping_add(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(entropy: &dyn Entropy) -> [u8; 2] {
        let mut bytes = [0; 2];
        entropy.fill(&mut bytes);
        bytes
    }

    #[test]
    fn a_draw_depends_on_its_number() {
        let counting = CountingEntropy::default();
        for number in [1, 2, 3] {
            assert_eq!(draw(&counting), draw(&FixedEntropy(number)));
        }
    }
}
