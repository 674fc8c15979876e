use udam_domain::money::{Currency, Money};
use udam_domain::policy::ChargeLimits;
use udam_domain::time::SignedDuration;

use crate::amount::from_stripe;
use crate::currency::CurrencyRules;

/// Smallest charge, in minor units, where Stripe names none: its minimum for a charge in dollars.
const DEFAULT_SMALLEST: i64 = 50;

/// Largest charge, in minor units, where Stripe's decimals are unknown: eight digits.
const DEFAULT_LARGEST: i64 = 99_999_999;

/// Shortest time for which a session is open: its `expires_at` must be 30 minutes to 24 hours away
/// (<https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-expires_at>).
const SHORTEST_HOLD: SignedDuration = SignedDuration::from_mins(30);

/// Longest time for which a reservation has a session: a session expires a little later than its
/// reservation, and Stripe's 24 hours bound both.
const LONGEST_HOLD: SignedDuration = SignedDuration::from_hours(23);

/// Returns the limits of a charge in a currency, for the domain's policy.
///
/// The amounts are Stripe's (<https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>). The
/// minimum holds for a charge that is settled in the same currency: one that Stripe converts must reach the
/// minimum of the currency that the account settles in, and may still be rejected. Card networks may have
/// lower maximums. A currency whose decimals Stripe does not document gets general values; the gateway
/// rejects it.
#[must_use]
pub fn charge_limits(currency: Currency) -> ChargeLimits {
    let [smallest, largest, finest] =
        amounts(currency).unwrap_or([DEFAULT_SMALLEST, DEFAULT_LARGEST, 1]);
    ChargeLimits {
        smallest: Money::new(smallest, currency),
        largest: Money::new(largest, currency),
        finest: Money::new(finest, currency),
        shortest_hold: SHORTEST_HOLD,
        longest_hold: LONGEST_HOLD,
    }
}

/// Smallest, largest and finest amount, in minor units of ISO 4217.
fn amounts(currency: Currency) -> Option<[i64; 3]> {
    let rules = CurrencyRules::of(currency)?;
    let minor = |amount| from_stripe(amount, currency.code()).ok().map(Money::minor);
    let finest = minor(rules.step)?;
    let smallest = match rules.minimum {
        Some(minimum) => minor(minimum)?,
        None => DEFAULT_SMALLEST.max(finest),
    };
    let above_step = rules.maximum.checked_rem(rules.step)?;
    let largest = minor(rules.maximum.checked_sub(above_step)?)?;
    Some([smallest, largest, finest])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::amount::to_stripe;

    fn limits(code: &str) -> [i64; 3] {
        let limits = charge_limits(code.parse().unwrap());
        [limits.smallest, limits.largest, limits.finest].map(Money::minor)
    }

    #[test]
    fn limits_are_in_the_minor_units_of_iso_4217() {
        assert_eq!(limits("USD"), [50, 99_999_999, 1]);
        assert_eq!(limits("GBP"), [30, 99_999_999, 1]);
        assert_eq!(limits("JPY"), [50, 99_999_999, 1]);
        assert_eq!(limits("HUF"), [17_500, 99_999_999, 1]);
        assert_eq!(limits("INR"), [50, 999_999_999, 1]);
        assert_eq!(limits("KWD"), [50, 99_999_990, 10]);
        assert_eq!(limits("ISK"), [50, 999_999, 1]);
        assert_eq!(limits("MGA"), [100, 9_999_999_900, 100]);
    }

    #[test]
    fn where_stripe_names_no_minimum_or_no_decimals_the_limits_are_general() {
        for code in ["NAD", "IQD", "LYD", "CLF"] {
            assert_eq!(limits(code), [50, 99_999_999, 1], "{code}");
        }
    }

    #[test]
    fn every_amount_within_the_limits_can_be_sent() {
        for code in ["USD", "JPY", "KWD", "ISK", "UGX", "MGA", "HUF", "IDR"] {
            let limits = charge_limits(code.parse().unwrap());
            for amount in [limits.smallest, limits.largest] {
                assert_eq!(limits.refuses(amount), Ok(None), "{amount:?}");
                assert!(to_stripe(amount).is_ok(), "{amount:?}");
            }
            assert!(to_stripe(limits.finest).is_ok(), "{code}");
            if limits.finest.minor() > 1 {
                let finer = Money::new(limits.finest.minor() / 10, limits.finest.currency());
                assert!(to_stripe(finer).is_err(), "{finer:?}");
            }
        }
    }
}
