//! The one place where time enters.

use std::time::{Duration, SystemTime};

/// Since the start of 1970.
fn since_epoch() -> Duration {
    #[expect(
        clippy::disallowed_methods,
        reason = "the state machine takes the time as an argument; it is read here and nowhere else"
    )]
    let now = SystemTime::now();
    now.duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}

/// Now, in whole seconds, which is how Stripe tells time.
pub(crate) fn seconds() -> i64 {
    i64::try_from(since_epoch().as_secs()).unwrap_or(i64::MAX)
}

/// Now, in milliseconds.
pub(crate) fn milliseconds() -> u64 {
    u64::try_from(since_epoch().as_millis()).unwrap_or(u64::MAX)
}
