use crate::time::Timestamp;

/// The clock that use cases go by.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait Clock: Send + Sync {
    /// The current time, UTC, in whole microseconds: the resolution of storage.
    fn now(&self) -> Timestamp;
}

/// A source of unpredictable bytes, from which identifiers and tokens are made.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait Entropy: Send + Sync {
    /// Fills `destination` with bytes that nobody can predict.
    fn fill(&self, destination: &mut [u8]);
}
