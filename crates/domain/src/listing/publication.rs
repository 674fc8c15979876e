//! Who may publish another listing.

use thiserror::Error;

use crate::policy::NewListingTerms;
use crate::time::{RetryAfter, SignedDuration, Timestamp, after, day_of, start_of};

/// What the right to publish depends on, read under the lock of the seller's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SellerSnapshot {
    /// Time at which the account was registered, UTC.
    pub registered_at: Timestamp,
    /// Whether a payment of the account's has arrived.
    pub has_paid: bool,
    /// Whether an order of another account on a listing of the seller's is fulfilled and paid.
    pub has_sold: bool,
    /// Number of listings that it has published on the day of the request, UTC.
    pub published_today: u32,
}

/// A new account has published as many listings today as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a new account may publish {most} listings in a day")]
pub struct TooManyListings {
    /// Most listings in a day.
    pub most: u32,
    /// Wait for the next day.
    pub retry: RetryAfter,
}

/// Decides whether a seller may publish another listing at `now`.
///
/// Accounts cost nothing to make, and a catalogue that is flooded is of no use to anybody. An account is new until
/// it has paid for something, or sold something that was paid, or is as old as the terms say.
///
/// # Errors
/// [`TooManyListings`]
pub fn may_publish(
    seller: &SellerSnapshot,
    terms: &NewListingTerms,
    now: Timestamp,
) -> Result<(), TooManyListings> {
    let may_be_new = terms.may_be_new(seller.registered_at, now);
    let is_new = may_be_new && !seller.has_paid && !seller.has_sold;
    if !is_new || seller.published_today < terms.per_day {
        return Ok(());
    }
    let tomorrow = after(start_of(day_of(now)), SignedDuration::from_hours(24));
    Err(TooManyListings {
        most: terms.per_day,
        retry: RetryAfter::at(tomorrow, now),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::at;

    const DAY: i64 = 86_400;

    fn terms() -> NewListingTerms {
        NewListingTerms {
            per_day: 50,
            new_for: SignedDuration::from_hours(30 * 24),
        }
    }

    #[test]
    fn a_new_account_waits_for_the_next_day() {
        let seller = SellerSnapshot {
            registered_at: at(0),
            has_paid: false,
            has_sold: false,
            published_today: 50,
        };
        let refused = may_publish(&seller, &terms(), at(DAY - 60)).unwrap_err();
        assert_eq!((refused.most, refused.retry.seconds), (50, 60));
        assert_eq!(refused.retry.until, at(DAY));
    }

    proptest! {
        #[test]
        fn only_a_young_account_that_nobody_has_paid_is_limited(
            age in 0..60 * DAY,
            has_paid: bool,
            has_sold: bool,
            published_today in 0..100_u32,
        ) {
            let seller = SellerSnapshot { registered_at: at(7), has_paid, has_sold, published_today };
            let may = may_publish(&seller, &terms(), at(7 + age)).is_ok();
            let is_new = age < 30 * DAY && !has_paid && !has_sold;
            prop_assert_eq!(may, !is_new || published_today < 50);
            let unlimited = NewListingTerms::unlimited();
            prop_assert!(may_publish(&seller, &unlimited, at(7 + age)).is_ok());
        }
    }
}
