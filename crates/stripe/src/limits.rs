//! What Stripe charges at once, and how long it keeps a session open.

use udam_domain::money::{Currency, Money};
use udam_domain::policy::ChargeLimits;
use udam_domain::time::SignedDuration;

/// Smallest charge, in minor units: Stripe's minimum for a dollar charge, and close to that of other
/// currencies (<https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>).
const SMALLEST_CHARGE_MINOR: i64 = 50;

/// Largest charge, in minor units: eight digits (<https://docs.stripe.com/api/payment_intents/object>,
/// `amount`).
const LARGEST_CHARGE_MINOR: i64 = 99_999_999;

/// Shortest time for which a session is open: its `expires_at` must be 30 minutes to 24 hours away
/// (<https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-expires_at>).
const SHORTEST_HOLD: SignedDuration = SignedDuration::from_mins(30);

/// Longest time for which a reservation has a session: a session lives a little longer than its
/// reservation, and Stripe's 24 hours bound both.
const LONGEST_HOLD: SignedDuration = SignedDuration::from_hours(23);

/// What Stripe can charge in `currency`.
#[must_use]
pub const fn charge_limits(currency: Currency) -> ChargeLimits {
    ChargeLimits {
        smallest: Money::new(SMALLEST_CHARGE_MINOR, currency),
        largest: Money::new(LARGEST_CHARGE_MINOR, currency),
        finest: Money::new(1, currency),
        shortest_hold: SHORTEST_HOLD,
        longest_hold: LONGEST_HOLD,
    }
}
