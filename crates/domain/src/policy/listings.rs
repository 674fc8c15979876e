use crate::money::Currency;
use crate::time::{SignedDuration, Timestamp, after};

/// The terms that listings are published and edited on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListingPolicy {
    /// Currency of all prices, the one of [`OrderPolicy::currency`](super::OrderPolicy::currency).
    pub currency: Currency,
    /// Addresses that services may have.
    pub endpoints: Endpoints,
    /// Limits of new accounts.
    pub new_listings: NewListingTerms,
}

/// Limits of the listings that a new account publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewListingTerms {
    /// Most listings in a day, UTC.
    pub per_day: u32,
    /// Age up to which an account is new that has neither paid nor sold anything.
    pub new_for: SignedDuration,
}

impl NewListingTerms {
    /// Whether an account that was registered then may be new at `now`, if it has neither paid nor sold anything.
    #[must_use]
    pub fn may_be_new(&self, registered_at: Timestamp, now: Timestamp) -> bool {
        now < after(registered_at, self.new_for)
    }

    /// Terms that limit nothing.
    #[must_use]
    pub const fn unlimited() -> Self {
        Self {
            per_day: u32::MAX,
            new_for: SignedDuration::ZERO,
        }
    }
}

/// Addresses that services may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoints {
    /// Those that buyers anywhere can reach, as far as the address tells.
    Public,
    /// Any, such as `localhost` in development.
    Any,
}
