use std::time::Duration;

const NANOS_PER_SECOND: u128 = 1_000_000_000;

/// The times at which the requests of an open loop are due: at a fixed rate, from the start to the end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    /// Requests per second.
    rate: u128,
    total: u64,
}

impl Schedule {
    pub(crate) fn new(rate: u32, duration: Duration) -> Self {
        let rate = u128::from(rate.max(1));
        let total = duration.as_nanos() * rate / NANOS_PER_SECOND;
        Self {
            rate,
            total: u64::try_from(total).unwrap_or(u64::MAX),
        }
    }

    /// Number of requests.
    pub(crate) const fn total(&self) -> u64 {
        self.total
    }

    /// Time from one request to the next.
    pub(crate) fn interval(&self) -> Duration {
        self.due_at(1)
    }

    /// Time when a request is due, by its zero-based number.
    pub(crate) fn due_at(&self, number: u64) -> Duration {
        let nanos = (u128::from(number) * NANOS_PER_SECOND).div_ceil(self.rate);
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// Number of requests that are due by this time.
    pub(crate) fn due(&self, elapsed: Duration) -> u64 {
        let due = elapsed.as_nanos() * self.rate / NANOS_PER_SECOND + 1;
        u64::try_from(due).unwrap_or(u64::MAX).min(self.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_due_at_even_intervals_from_the_start() {
        let schedule = Schedule::new(4, Duration::from_secs(2));
        assert_eq!(schedule.total(), 8);
        assert_eq!(schedule.due_at(0), Duration::ZERO);
        assert_eq!(schedule.interval(), Duration::from_millis(250));
        assert_eq!(schedule.due_at(3), Duration::from_millis(750));
    }

    #[test]
    fn a_request_is_due_at_its_time_and_not_before() {
        for rate in [1, 3, 7, 999, 31_337] {
            let schedule = Schedule::new(rate, Duration::from_secs(3));
            for number in [0, 1, 2, schedule.total() - 1] {
                let at = schedule.due_at(number);
                assert_eq!(schedule.due(at), number + 1, "{number} at {rate}/s");
                if number > 0 {
                    let before = at.checked_sub(Duration::from_nanos(1)).unwrap();
                    assert_eq!(schedule.due(before), number, "{number} at {rate}/s");
                }
            }
        }
    }

    #[test]
    fn no_more_are_due_than_the_total() {
        let schedule = Schedule::new(100, Duration::from_secs(1));
        assert_eq!(schedule.due(Duration::from_secs(9)), 100);
    }
}
