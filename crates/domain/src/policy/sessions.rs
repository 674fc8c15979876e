use crate::time::{SignedDuration, Timestamp, before};

/// How long sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionPolicy {
    /// How long a session lasts at most.
    pub ttl: SignedDuration,
    /// How long it lasts unused.
    pub idle_ttl: SignedDuration,
}

impl SessionPolicy {
    /// How stale a session's last use may be on record: to note every request would turn each read
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
