use crate::time::Timestamp;

/// Request for the events of a period, inclusive of its start and exclusive of its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FindEvents {
    /// Start of the period.
    pub from: Timestamp,
    /// End of the period, a whole second; `None` for everything since its start.
    pub until: Option<Timestamp>,
    /// Maximum number of events; `None` for all of them.
    pub limit: Option<u16>,
}

impl FindEvents {
    /// Returns requests for the two halves of a period that has more events than the limit, the earlier first.
    /// Providers date events to the second, so a half that lasts no longer has no limit.
    #[must_use]
    pub fn halves(self, now: Timestamp) -> [Self; 2] {
        let (start, end) = (self.from.as_second(), self.until.unwrap_or(now).as_second());
        let half = end.saturating_sub(start).saturating_add(1) / 2;
        let middle = start.saturating_add(half.max(1));
        // The latest second that there is has no second half.
        let boundary = Timestamp::from_second(middle).unwrap_or(Timestamp::MAX);
        let limit = |seconds: i64| self.limit.filter(|_| seconds > 1);
        [
            Self {
                until: Some(boundary),
                limit: limit(middle.saturating_sub(start)),
                ..self
            },
            Self {
                from: boundary,
                limit: limit(end.saturating_sub(middle)),
                ..self
            },
        ]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::at;

    const NOW: i64 = 1_000_000;

    fn period(from: i64, until: Option<i64>) -> FindEvents {
        FindEvents {
            from: at(from),
            until: until.map(at),
            limit: Some(1),
        }
    }

    #[test]
    fn a_period_is_halved_until_it_lasts_a_second() {
        let [first, second] = period(100, Some(104)).halves(at(NOW));
        assert_eq!(first, period(100, Some(102)));
        assert_eq!(second, period(102, Some(104)));
        let unlimited = |from, until| FindEvents {
            limit: None,
            ..period(from, until)
        };
        let [first, second] = second.halves(at(NOW));
        assert_eq!(first, unlimited(102, Some(103)));
        assert_eq!(second, unlimited(103, Some(104)));
        let [first, second] = period(NOW, None).halves(at(NOW));
        assert_eq!(first, unlimited(NOW, Some(NOW + 1)));
        assert_eq!(second, unlimited(NOW + 1, None));
    }

    proptest! {
        #[test]
        fn halves_meet_and_cover_the_period(start in 0..NOW, seconds in 1..NOW, open: bool) {
            let whole = period(start, (!open).then_some(start + seconds));
            let [first, second] = whole.halves(at(NOW));
            prop_assert_eq!(first.from, whole.from);
            prop_assert_eq!(first.until, Some(second.from));
            prop_assert_eq!(second.until, whole.until);
            prop_assert!(first.from < second.from);
        }

        #[test]
        fn halving_ends(start in 0..NOW, seconds in 1..NOW, open: bool, earlier: bool) {
            let mut left = period(start, (!open).then_some(start + seconds));
            for _ in 0..=NOW.ilog2() + 1 {
                let [first, second] = left.halves(at(NOW));
                left = if earlier { first } else { second };
            }
            prop_assert_eq!(left.limit, None);
        }
    }
}
