use crate::time::{SignedDuration, Timestamp, before};

/// Lifetimes of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionPolicy {
    /// Maximum lifetime of a session.
    pub ttl: SignedDuration,
    /// Time after the last use at which a session ends.
    pub idle_ttl: SignedDuration,
}

impl SessionPolicy {
    /// Minimum time between two records of a session's use: recording every request would turn each read
    /// into a write. It must stay well below any idle time in use.
    pub const TOUCH_INTERVAL: SignedDuration = SignedDuration::from_secs(60);

    /// Whether a session opens anything: neither expired nor left idle for too long.
    #[must_use]
    pub fn admits(&self, last_seen_at: Timestamp, expires_at: Timestamp, now: Timestamp) -> bool {
        now < expires_at && last_seen_at > self.idle_cutoff(now)
    }

    /// Whether a use at `now` is to be put on record.
    #[must_use]
    pub fn is_worth_noting(last_seen_at: Timestamp, now: Timestamp) -> bool {
        last_seen_at <= before(now, Self::TOUCH_INTERVAL)
    }

    /// A session last used at or before this instant has been idle for too long.
    #[must_use]
    pub fn idle_cutoff(&self, now: Timestamp) -> Timestamp {
        before(now, self.idle_ttl)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::at;

    const POLICY: SessionPolicy = SessionPolicy {
        ttl: SignedDuration::from_hours(24),
        idle_ttl: SignedDuration::from_hours(1),
    };

    #[test]
    fn a_use_is_recorded_once_a_minute() {
        assert!(!SessionPolicy::is_worth_noting(at(0), at(59)));
        assert!(SessionPolicy::is_worth_noting(at(0), at(60)));
        // The clock has been set back.
        assert!(!SessionPolicy::is_worth_noting(at(60), at(0)));
    }

    #[test]
    fn a_session_ends_when_it_expires_or_has_been_idle_for_too_long() {
        let (expires_at, idle_at) = (at(86_400), at(3_600));
        assert!(POLICY.admits(at(0), expires_at, at(3_599)));
        assert!(!POLICY.admits(at(0), expires_at, idle_at));
        assert!(POLICY.admits(at(86_000), expires_at, at(86_399)));
        assert!(!POLICY.admits(at(86_000), expires_at, expires_at));
    }
}
