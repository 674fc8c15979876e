use crate::time::{SignedDuration, Timestamp, after};

/// Limits of the orders that hold units until they are paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldTerms {
    /// Most orders of one buyer that may await payment at once.
    pub open_checkouts: u32,
    /// The same for a buyer who has never paid.
    pub new_open_checkouts: u32,
    /// The same for all buyers of one network together who have never paid; `None` if networks are not counted.
    pub new_open_checkouts_per_network: Option<u32>,
    /// Most sessions of one buyer that are opened at the payment provider within an hour; `None` = any number.
    pub sessions_per_hour: Option<u32>,
    /// The same for all buyers of one network together who have never paid; `None` if networks are not counted.
    pub new_sessions_per_hour_per_network: Option<u32>,
    /// Time for which a buyer who has let a hold on a listing go may not hold that listing again. It doubles with
    /// each further hold that is let go, up to [`LONGEST_PAUSE`](Self::LONGEST_PAUSE). Zero if there is none.
    pub pause: SignedDuration,
}

impl HoldTerms {
    /// Longest time for which a buyer may not hold a listing again.
    pub const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(24);

    /// Terms that limit nothing.
    #[must_use]
    pub const fn unlimited() -> Self {
        Self {
            open_checkouts: u32::MAX,
            new_open_checkouts: u32::MAX,
            new_open_checkouts_per_network: None,
            sessions_per_hour: None,
            new_sessions_per_hour_per_network: None,
            pause: SignedDuration::ZERO,
        }
    }

    /// Returns the time until which a buyer may not hold a listing again who has let go of `count` holds on it
    /// without any payment since, the last one at `last_at`.
    #[must_use]
    pub fn paused_until(&self, count: u32, last_at: Timestamp) -> Timestamp {
        let Some(doublings) = count.checked_sub(1) else {
            return last_at;
        };
        let factor = 1_i32.checked_shl(doublings.min(30)).unwrap_or(i32::MAX);
        let pause = self.pause.saturating_mul(factor).min(Self::LONGEST_PAUSE);
        after(last_at, pause)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::at;

    fn pause(count: u32) -> i64 {
        let terms = HoldTerms {
            pause: SignedDuration::from_mins(1),
            ..HoldTerms::unlimited()
        };
        terms.paused_until(count, at(0)).as_second()
    }

    #[test]
    fn a_pause_doubles_up_to_a_day() {
        let pauses: Vec<i64> = (0..4).map(pause).collect();
        assert_eq!(pauses, [0, 60, 120, 240]);
        assert_eq!(pause(11), 61_440);
        for count in [12, 31, 32, 33, u32::MAX] {
            assert_eq!(pause(count), 86_400, "{count}");
        }
    }

    proptest! {
        #[test]
        fn a_pause_never_shrinks_and_ends(count: u32) {
            prop_assert!(pause(count) <= pause(count.saturating_add(1)));
            prop_assert!(pause(count) <= 86_400);
        }
    }
}
