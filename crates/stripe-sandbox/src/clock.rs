//! The only place that reads the clock.

use std::time::{Duration, SystemTime};

fn since_epoch() -> Duration {
    #[expect(
        clippy::disallowed_methods,
        reason = "the state machines take the time as an argument; it is read here and nowhere else"
    )]
    let now = SystemTime::now();
    now.duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}

/// Seconds since 1970, the resolution of Stripe's API.
pub(crate) fn seconds() -> i64 {
    i64::try_from(since_epoch().as_secs()).unwrap_or(i64::MAX)
}

/// Milliseconds since 1970.
pub(crate) fn milliseconds() -> u64 {
    u64::try_from(since_epoch().as_millis()).unwrap_or(u64::MAX)
}
