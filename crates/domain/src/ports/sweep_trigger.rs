/// Asks for a sweep ([`Reconciliation::sweep`](crate::marketplace::Reconciliation::sweep)) before its
/// regular time.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait SweepTrigger: Send + Sync {
    /// Asks for a sweep soon, and returns at once. Several calls before the sweep begins are one; a call
    /// that is lost costs time only, as the next regular sweep does the same work.
    fn trigger(&self);
}

/// A trigger that does nothing: the work waits for the next regular sweep.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSweepTrigger;

impl SweepTrigger for NoSweepTrigger {
    fn trigger(&self) {}
}
