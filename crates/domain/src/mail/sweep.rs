use strum::{Display, EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

use crate::time::{SignedDuration, Timestamp, after, before, day_of, start_of};

/// A notice that nothing but the passing of time gives rise to. It is written by a sweep, which goes through time by
/// [stretches](Stretch).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum SweptNotice {
    /// To buyers: tokens that expire in the stretch.
    TokensExpiring,
    /// To sellers: sales of the stretch.
    SaleDigest,
}

impl SweptNotice {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Beginning, UTC.
    pub from: Timestamp,
    /// End, UTC; not part of it.
    pub until: Timestamp,
}

/// Times of swept notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticePolicy {
    /// Time before the expiry of a token at which its buyer is told. A token that lives no longer is not told of.
    pub before_expiry: SignedDuration,
    /// Time after the end of a day at which sellers are told of its sales, so that orders of the day can be paid.
    pub after_day: SignedDuration,
    /// Longest stretch that is gone through at once.
    pub longest: SignedDuration,
    /// Shortest stretch of expiring tokens that is worth a look.
    pub shortest: SignedDuration,
}

impl Default for NoticePolicy {
    fn default() -> Self {
        Self {
            before_expiry: SignedDuration::from_hours(3 * 24),
            after_day: SignedDuration::from_hours(1),
            longest: SignedDuration::from_hours(1),
            shortest: SignedDuration::from_secs(60),
        }
    }
}

impl NoticePolicy {
    /// Beginning of the first stretch, seen from the first sweep. Nobody is told of what was before.
    #[must_use]
    pub fn first(&self, notice: SweptNotice, now: Timestamp) -> Timestamp {
        match notice {
            SweptNotice::TokensExpiring => now,
            SweptNotice::SaleDigest => start_of(day_of(now)),
        }
    }

    /// The stretch that is next, after the one that ended at `through`; `None` if it has not come yet. What is too old to be
    /// told of is skipped.
    #[must_use]
    pub fn next(&self, notice: SweptNotice, through: Timestamp, now: Timestamp) -> Option<Stretch> {
        let (oldest, end, shortest) = match notice {
            SweptNotice::TokensExpiring => (now, after(now, self.before_expiry), self.shortest),
            SweptNotice::SaleDigest => {
                let end = start_of(day_of(before(now, self.after_day)));
                let oldest = before(end, SignedDuration::from_hours(24));
                (oldest, end, SignedDuration::from_nanos(1))
            }
        };
        let from = through.max(oldest);
        let until = after(from, self.longest).min(end);
        (until >= after(from, shortest)).then_some(Stretch { from, until })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::at;

    const DAY: i64 = 86_400;
    const HOUR: i64 = 3_600;

    /// The stretch after `through`, or else the first.
    fn next(notice: SweptNotice, through: Option<i64>, now: i64) -> Option<(i64, i64)> {
        let policy = NoticePolicy::default();
        let through = through.map_or_else(|| policy.first(notice, at(now)), at);
        let next = policy.next(notice, through, at(now));
        next.map(|stretch| (stretch.from.as_second(), stretch.until.as_second()))
    }

    #[test]
    fn tokens_are_told_of_from_now_to_three_days_ahead() {
        let expiring = |through, now| next(SweptNotice::TokensExpiring, through, now);
        let now = 10 * DAY;
        assert_eq!(expiring(None, now), Some((now, now + HOUR)));
        let ahead = now + 3 * DAY;
        assert_eq!(expiring(Some(ahead - 90), now), Some((ahead - 90, ahead)));
        assert_eq!(expiring(Some(ahead - 59), now), None);
        assert_eq!(expiring(Some(now - 5), now), Some((now, now + HOUR)));
    }

    #[test]
    fn a_day_is_told_of_an_hour_after_its_end_and_no_older_one() {
        let digest = |through, now| next(SweptNotice::SaleDigest, through, now);
        let midnight = 10 * DAY;
        assert_eq!(digest(None, midnight + 5 * HOUR), None);
        let yesterday = midnight - DAY;
        assert_eq!(digest(Some(yesterday), midnight + HOUR - 1), None);
        let first = Some((yesterday, yesterday + HOUR));
        assert_eq!(digest(Some(yesterday), midnight + HOUR), first);
        assert_eq!(digest(Some(yesterday - 5 * DAY), midnight + HOUR), first);
        assert_eq!(digest(Some(midnight), midnight + HOUR), None);
    }

    proptest! {
        #[test]
        fn stretches_join_and_end_where_the_notice_is_due(
            now in (20 * DAY)..(40 * DAY),
            behind in 0..(2 * DAY),
            of_tokens: bool,
        ) {
            let notice = if of_tokens { SweptNotice::TokensExpiring } else { SweptNotice::SaleDigest };
            let mut through = Some(now - behind);
            let mut steps = 0;
            while let Some((from, until)) = next(notice, through, now) {
                prop_assert!(from < until && until - from <= HOUR);
                prop_assert!(through.is_none_or(|through| through <= from));
                if steps > 0 {
                    prop_assert_eq!(Some(from), through);
                }
                // A digest of a stretch is of one day.
                if !of_tokens {
                    prop_assert_eq!(from / DAY, (until - 1) / DAY);
                }
                through = Some(until);
                steps += 1;
                prop_assert!(steps <= 73);
            }
        }
    }
}
