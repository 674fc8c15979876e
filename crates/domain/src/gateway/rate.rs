use std::num::NonZeroU32;

use strum::{Display, EnumString, IntoStaticStr, VariantArray};
use thiserror::Error;

use crate::time::{RetryAfter, SignedDuration, Timestamp, after, before};

/// Period that calls are counted in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum RatePeriod {
    /// A second.
    Second,
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// 24 hours.
    Day,
}

impl RatePeriod {
    /// Its length.
    #[must_use]
    pub const fn length(self) -> SignedDuration {
        match self {
            Self::Second => SignedDuration::from_secs(1),
            Self::Minute => SignedDuration::from_mins(1),
            Self::Hour => SignedDuration::from_hours(1),
            Self::Day => SignedDuration::from_hours(24),
        }
    }
}

/// Most calls of a token in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallRate {
    calls: NonZeroU32,
    per: RatePeriod,
}

/// The number of calls is out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be 1 to {} calls", CallRate::MOST)]
pub struct CallRateError;

/// State of a token's rate after a call was admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Calls that are admitted at once after it.
    pub left: u32,
    /// Whole seconds until all calls of a period are admitted at once again.
    pub full_in: u64,
}

impl CallRate {
    /// Most calls of a period.
    pub const MOST: u32 = 1_000_000;

    /// So many calls in a period.
    ///
    /// # Errors
    /// [`CallRateError`]
    pub fn new(calls: i64, per: RatePeriod) -> Result<Self, CallRateError> {
        let calls = u32::try_from(calls).ok().and_then(NonZeroU32::new);
        let calls = calls.filter(|calls| calls.get() <= Self::MOST);
        calls.map(|calls| Self { calls, per }).ok_or(CallRateError)
    }

    /// Calls in a period.
    #[must_use]
    pub const fn calls(self) -> NonZeroU32 {
        self.calls
    }

    /// The period.
    #[must_use]
    pub const fn per(self) -> RatePeriod {
        self.per
    }

    /// Admits a call at `now`. `free_at` is the instant from which a whole period's calls are admitted at once; `None`
    /// before the first call. Returns the next such instant.
    ///
    /// That is the generic cell rate algorithm (ITU-T I.371, annex A): calls may come all at once, and are admitted again
    /// one after another, evenly. Its state is one instant, rounded to microseconds, which is what databases store.
    ///
    /// # Errors
    /// The wait until the next call is admitted.
    pub fn admit(
        self,
        free_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(Timestamp, RateLimit), RetryAfter> {
        let interval = self.interval();
        let free_at = free_at.map_or(now, |free_at| free_at.max(now));
        let next = after(free_at, interval);
        let earliest = before(next, self.window());
        if earliest > now {
            return Err(RetryAfter::at(earliest, now));
        }
        Ok((next, self.limit(next, now)))
    }

    fn limit(self, next: Timestamp, now: Timestamp) -> RateLimit {
        let used = now.duration_until(next);
        let room = self.window().checked_sub(used).unwrap_or_default();
        let left = room.as_micros().checked_div(self.interval().as_micros());
        let left = left.and_then(|left| u32::try_from(left).ok());
        RateLimit {
            left: left.unwrap_or_default(),
            full_in: RetryAfter::at(next, now).seconds,
        }
    }

    /// Time between calls that come evenly, in whole microseconds.
    fn interval(self) -> SignedDuration {
        let micros = self.per.length().as_micros();
        let micros = micros.checked_div(self.calls.get().into());
        let micros = micros.and_then(|micros| i64::try_from(micros).ok());
        SignedDuration::from_micros(micros.unwrap_or(1).max(1))
    }

    /// Time in which all calls of a period come evenly: a period, rounded down with the interval.
    fn window(self) -> SignedDuration {
        let calls = i32::try_from(self.calls.get()).unwrap_or(i32::MAX);
        self.interval().saturating_mul(calls)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::at;

    fn micros(count: i64) -> Timestamp {
        after(at(0), SignedDuration::from_micros(count))
    }

    /// The calls of those at `times` that are admitted.
    fn admitted(rate: CallRate, times: &[i64]) -> Vec<i64> {
        let mut free_at = None;
        let admitted = times.iter().copied().filter(|time| {
            let decided = rate.admit(free_at, micros(*time));
            free_at = decided.map_or(free_at, |(next, _)| Some(next));
            decided.is_ok()
        });
        admitted.collect()
    }

    #[test]
    fn a_burst_is_admitted_and_then_one_call_after_another() {
        let rate = CallRate::new(4, RatePeriod::Second).unwrap();
        let times = [0, 0, 0, 0, 0, 249_999, 250_000, 250_001, 1_250_000];
        assert_eq!(admitted(rate, &times), [0, 0, 0, 0, 250_000, 1_250_000]);
        let (mut free_at, mut left) = (None, Vec::new());
        for _ in 0..4 {
            let (next, limit) = rate.admit(free_at, at(0)).unwrap();
            free_at = Some(next);
            left.push((limit.left, limit.full_in));
        }
        assert_eq!(left, [(3, 1), (2, 1), (1, 1), (0, 1)]);
        let refused = rate.admit(free_at, at(0)).unwrap_err();
        assert_eq!((refused.until, refused.seconds), (micros(250_000), 1));
    }

    #[test]
    fn a_clock_that_is_set_back_refuses_nothing_more_than_a_period() {
        let rate = CallRate::new(1, RatePeriod::Minute).unwrap();
        let (next, _) = rate.admit(None, at(1_000)).unwrap();
        let refused = rate.admit(Some(next), at(990)).unwrap_err();
        assert_eq!(refused.until, at(1_060));
    }

    #[test]
    fn a_rate_is_one_to_a_million_calls() {
        assert!(CallRate::new(0, RatePeriod::Day).is_err());
        assert!(CallRate::new(1_000_001, RatePeriod::Day).is_err());
        let fastest = CallRate::new(1_000_000, RatePeriod::Second).unwrap();
        assert!(fastest.admit(None, at(0)).is_ok());
    }

    proptest! {
        #[test]
        fn no_more_calls_are_admitted_than_a_burst_and_one_an_interval(
            calls in 1..50_i64,
            waits in prop::collection::vec(0..400_000_i64, 1..100),
        ) {
            let rate = CallRate::new(calls, RatePeriod::Second).unwrap();
            let mut time = 0;
            let times: Vec<i64> = waits.iter().map(|wait| { time += wait; time }).collect();
            let admitted = admitted(rate, &times);
            let span = admitted.last().unwrap_or(&0) - admitted.first().unwrap_or(&0);
            let interval = 1_000_000 / calls;
            prop_assert!(i64::try_from(admitted.len()).unwrap() <= calls + span / interval + 1);
        }

        #[test]
        fn calls_that_come_evenly_are_all_admitted(calls in 1..1_000_i64, count in 1..50_i64) {
            let rate = CallRate::new(calls, RatePeriod::Second).unwrap();
            let interval = 1_000_000 / calls;
            let times: Vec<i64> = (0..count).map(|n| n * interval).collect();
            prop_assert_eq!(admitted(rate, &times).len(), times.len());
        }
    }
}
