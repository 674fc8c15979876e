use crate::time::Timestamp;

/// Tells the time.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait Clock: Send + Sync {
    /// The instant it is now, in whole microseconds, which is what storage keeps.
    fn now(&self) -> Timestamp;
}

/// Unpredictable bytes.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait Entropy: Send + Sync {
    /// Fills `destination` with bytes that nobody can predict.
    fn fill(&self, destination: &mut [u8]);
}
