use crate::time::SignedDuration;

/// Times of calls through the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallPolicy {
    /// Time after which an open call counts as lost, unless its server extends it.
    pub open_for: SignedDuration,
    /// Time between extensions of an open call. A fraction of [`open_for`](Self::open_for), so that one may fail.
    pub extend_every: SignedDuration,
    /// Time for which records of calls are kept, in whole days.
    pub kept: SignedDuration,
}

impl Default for CallPolicy {
    /// Two minutes, half a minute, 90 days.
    fn default() -> Self {
        Self {
            open_for: SignedDuration::from_mins(2),
            extend_every: SignedDuration::from_secs(30),
            kept: SignedDuration::from_hours(90 * 24),
        }
    }
}
