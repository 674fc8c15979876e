//! How often something that a test has set up still applies.

/// Number of uses left; `None` = without a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Uses(pub(crate) Option<u32>);

impl Uses {
    /// Takes one.
    pub(crate) const fn take(&mut self) {
        if let Some(left) = self.0 {
            self.0 = Some(left.saturating_sub(1));
        }
    }

    pub(crate) const fn are_left(self) -> bool {
        !matches!(self.0, Some(0))
    }
}
