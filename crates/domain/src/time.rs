//! Instants and spans of time. Everything is UTC; nothing here reads a clock.

pub use jiff::{SignedDuration, Timestamp};

/// The instant `span` after `start`, or the last one there is.
#[must_use]
pub fn after(start: Timestamp, span: SignedDuration) -> Timestamp {
    start.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// The instant `span` before `end`, or the first one there is.
#[must_use]
pub fn before(end: Timestamp, span: SignedDuration) -> Timestamp {
    end.checked_sub(span).unwrap_or(Timestamp::MIN)
}
