//! Counts of at least one.

use std::num::NonZeroUsize;

/// Reads a whole number up to `most`.
///
/// # Errors
/// The rule that the text breaks.
pub(crate) fn up_to(most: usize, text: &str) -> Result<NonZeroUsize, String> {
    text.parse()
        .ok()
        .filter(|count: &NonZeroUsize| count.get() <= most)
        .ok_or_else(|| format!("must be a whole number from 1 to {most}"))
}
