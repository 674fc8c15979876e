//! The numbers an operator chooses.

use crate::money::{Currency, Money};
use crate::time::{SignedDuration, Timestamp, before};

/// How long a lapsed reservation waits for the provider to say that its session can no longer be paid.
/// After that its units go back on sale all the same; a payment that comes later still finds its order.
pub const RELEASE_GRACE: SignedDuration = SignedDuration::from_secs(60);

/// How orders are accepted and paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderPolicy {
    /// Orders whose total is strictly below this are served at once.
    pub small_order_limit: Money,
    /// How much of such orders a buyer may owe before paying.
    pub tab_limit: Money,
    /// How long units are held for an order that awaits payment.
    pub reservation_ttl: SignedDuration,
    /// How long a token opens its key.
    pub token_ttl: SignedDuration,
    /// Whether there is a provider to send buyers to.
    pub checkout: Checkout,
}

/// Whether orders can be paid through a payment provider's checkout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checkout {
    /// They can.
    Available,
    /// There is none: an order that needs it is rejected, and nothing is held for it.
    Unavailable,
}

impl OrderPolicy {
    /// The one currency that everything settles in.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.small_order_limit.currency()
    }
}

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
