//! Instants and spans of time. Everything is UTC; nothing here reads a clock.

pub use jiff::civil::Date;
pub use jiff::{SignedDuration, Timestamp};

use jiff::civil::DateTime;
use jiff::tz::Offset;

/// The instant `span` after `start`, or the latest representable one.
#[must_use]
pub fn after(start: Timestamp, span: SignedDuration) -> Timestamp {
    start.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// The instant `span` before `end`, or the earliest representable one.
#[must_use]
pub fn before(end: Timestamp, span: SignedDuration) -> Timestamp {
    end.checked_sub(span).unwrap_or(Timestamp::MIN)
}

/// The day that `instant` falls on.
#[must_use]
pub fn day_of(instant: Timestamp) -> Date {
    Offset::UTC.to_datetime(instant).date()
}

/// The first instant of `day`, or the earliest representable one.
#[must_use]
pub fn start_of(day: Date) -> Timestamp {
    Offset::UTC
        .to_timestamp(DateTime::from(day))
        .unwrap_or(Timestamp::MIN)
}

/// The last `count` days up to and including that of `now`, oldest first.
#[must_use]
pub fn last_days(now: Timestamp, count: u16) -> Vec<Date> {
    let ago = |days: u16| SignedDuration::from_hours(24).saturating_mul(days.into());
    let days = (0..count).rev().map(|days| day_of(before(now, ago(days))));
    days.collect()
}

/// Time that a caller has to wait for who has done something too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryAfter {
    /// Time from which it is accepted again, UTC.
    pub until: Timestamp,
    /// Whole seconds from the request until then, at least one.
    pub seconds: u64,
}

impl RetryAfter {
    /// The wait from `now` until `until`.
    #[must_use]
    pub fn at(until: Timestamp, now: Timestamp) -> Self {
        let wait = now.duration_until(until);
        let started = u64::from(wait.subsec_nanos() > 0);
        let whole = u64::try_from(wait.as_secs()).unwrap_or(0);
        Self {
            until,
            seconds: whole.saturating_add(started).max(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_rounded_up_to_whole_seconds() {
        let seconds = |until: &str| {
            let now = "2028-02-29T00:00:00Z".parse().unwrap();
            RetryAfter::at(until.parse().unwrap(), now).seconds
        };
        assert_eq!(seconds("2028-02-29T00:01:00Z"), 60);
        assert_eq!(seconds("2028-02-29T00:01:00.001Z"), 61);
        assert_eq!(seconds("2028-02-29T00:00:00Z"), 1);
        assert_eq!(seconds("2027-01-01T00:00:00.5Z"), 1);
    }

    #[test]
    fn a_day_lasts_from_its_start_to_just_before_the_next() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let leap_day: Date = "2028-02-29".parse().unwrap();
        assert_eq!(start_of(leap_day), at("2028-02-29T00:00:00Z"));
        assert_eq!(day_of(start_of(leap_day)), leap_day);
        assert_eq!(day_of(at("2028-02-29T23:59:59.999999Z")), leap_day);
        let before_the_epoch = at("1969-12-31T23:59:59.999999Z");
        assert_eq!(day_of(before_the_epoch).to_string(), "1969-12-31");
        assert_eq!(start_of(Date::MIN), Timestamp::MIN);
    }

    #[test]
    fn the_last_days_end_with_today() {
        let now = "2028-03-01T00:00:00Z".parse().unwrap();
        let days = |count| last_days(now, count).iter().map(Date::to_string).collect();
        let none: Vec<String> = days(0);
        assert!(none.is_empty());
        let three: Vec<String> = days(3);
        assert_eq!(three, ["2028-02-28", "2028-02-29", "2028-03-01"]);
    }
}
