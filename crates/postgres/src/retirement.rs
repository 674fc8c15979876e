//! Connections that lead to a server which is no longer the right one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Decides which connections of a pool are not used again. A clone decides for the same pool.
///
/// When one connection finds its server read-only or shutting down, the others lead there as well: a failover
/// has begun. Those opened so far are closed before their next use, and new ones find the new primary.
#[derive(Debug, Clone)]
pub(crate) struct Retirement(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    start: Instant,
    /// Connections opened up to then are retired: microseconds since `start`.
    until: AtomicU64,
}

impl Retirement {
    /// Nothing is retired.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner {
            start: Instant::now(),
            until: AtomicU64::new(0),
        }))
    }

    /// Retires all connections opened so far. Returns whether this is news: false shortly after another call,
    /// as when all connections in use find out at once.
    pub(crate) fn retire_all(&self) -> bool {
        const SHORTLY: Duration = Duration::from_secs(1);

        let now = self.micros(Instant::now());
        let before = self.0.until.fetch_max(now, Ordering::Relaxed);
        before == 0 || u128::from(now.saturating_sub(before)) > SHORTLY.as_micros()
    }

    /// Whether a connection opened at this time is not to be used again.
    pub(crate) fn is_retired(&self, opened: Instant) -> bool {
        self.micros(opened) <= self.0.until.load(Ordering::Relaxed)
    }

    /// Microseconds since the start, never 0.
    fn micros(&self, time: Instant) -> u64 {
        let micros = time.saturating_duration_since(self.0.start).as_micros();
        u64::try_from(micros).unwrap_or(u64::MAX).max(1)
    }
}

#[cfg(test)]
mod tests {
    use std::thread::sleep;

    use super::*;

    #[test]
    fn connections_opened_before_are_retired_and_later_ones_are_not() {
        let retirement = Retirement::new();
        let before = Instant::now();
        assert!(!retirement.is_retired(before));
        assert!(retirement.clone().retire_all());
        assert!(retirement.is_retired(before));
        sleep(Duration::from_millis(1));
        assert!(!retirement.is_retired(Instant::now()));
    }

    #[test]
    fn retiring_again_at_once_is_no_news() {
        let retirement = Retirement::new();
        assert!(retirement.retire_all());
        assert!(!retirement.retire_all());
    }
}
