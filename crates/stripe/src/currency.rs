//! Stripe's rules for amounts in each currency, in one table (<https://docs.stripe.com/currencies>,
//! sections "Minor units in API amounts", "Special cases" and "Minimum and maximum charge amounts").

use udam_domain::money::Currency;

/// Rules of Stripe's API for amounts in one currency, in Stripe's minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CurrencyRules {
    /// Decimals of an amount; in some currencies other than in ISO 4217.
    pub(crate) decimals: u32,
    /// Number that every amount must be a multiple of.
    pub(crate) step: i64,
    /// Minimum charge if it is settled in the same currency; `None` if Stripe names none.
    pub(crate) minimum: Option<i64>,
    /// Maximum charge by every payment method.
    pub(crate) maximum: i64,
}

/// The rules of a currency that the table does not name, if ISO 4217 gives it two decimals.
const TWO_DECIMALS: CurrencyRules = CurrencyRules {
    decimals: 2,
    step: 1,
    minimum: None,
    maximum: EIGHT_DIGITS,
};

const EIGHT_DIGITS: i64 = 99_999_999;
const NINE_DIGITS: i64 = 999_999_999;

/// Currencies that differ from [`TWO_DECIMALS`]: code, decimals, step, minimum, maximum.
///
/// ISK and UGX have lost their decimals, but Stripe still expects two, both zero. The third decimal of a
/// three-decimal currency must be zero, as card networks know two. IDR is limited to what American Express
/// takes; the higher limits of COP, HUF, JPY and LBP, which hold for some cards only, are left out.
const TABLE: [(&str, u32, i64, Option<i64>, i64); 46] = [
    ("AED", 2, 1, Some(200), EIGHT_DIGITS),
    ("AUD", 2, 1, Some(50), EIGHT_DIGITS),
    ("BGN", 2, 1, Some(100), EIGHT_DIGITS),
    ("BHD", 3, 10, None, EIGHT_DIGITS),
    ("BIF", 0, 1, None, EIGHT_DIGITS),
    ("BRL", 2, 1, Some(50), EIGHT_DIGITS),
    ("CAD", 2, 1, Some(50), EIGHT_DIGITS),
    ("CHF", 2, 1, Some(50), EIGHT_DIGITS),
    ("CLP", 0, 1, None, EIGHT_DIGITS),
    ("CZK", 2, 1, Some(1_500), EIGHT_DIGITS),
    ("DJF", 0, 1, None, EIGHT_DIGITS),
    ("DKK", 2, 1, Some(250), EIGHT_DIGITS),
    ("EUR", 2, 1, Some(50), EIGHT_DIGITS),
    ("GBP", 2, 1, Some(30), EIGHT_DIGITS),
    ("GNF", 0, 1, None, EIGHT_DIGITS),
    ("HKD", 2, 1, Some(400), EIGHT_DIGITS),
    ("HUF", 2, 1, Some(17_500), EIGHT_DIGITS),
    ("IDR", 2, 1, None, NINE_DIGITS),
    ("INR", 2, 1, Some(50), NINE_DIGITS),
    ("ISK", 2, 100, None, EIGHT_DIGITS),
    ("JOD", 3, 10, None, EIGHT_DIGITS),
    ("JPY", 0, 1, Some(50), EIGHT_DIGITS),
    ("KMF", 0, 1, None, EIGHT_DIGITS),
    ("KRW", 0, 1, None, EIGHT_DIGITS),
    ("KWD", 3, 10, None, EIGHT_DIGITS),
    ("MGA", 0, 1, None, EIGHT_DIGITS),
    ("MXN", 2, 1, Some(1_000), EIGHT_DIGITS),
    ("MYR", 2, 1, Some(200), EIGHT_DIGITS),
    ("NOK", 2, 1, Some(300), EIGHT_DIGITS),
    ("NZD", 2, 1, Some(50), EIGHT_DIGITS),
    ("OMR", 3, 10, None, EIGHT_DIGITS),
    ("PLN", 2, 1, Some(200), EIGHT_DIGITS),
    ("PYG", 0, 1, None, EIGHT_DIGITS),
    ("RON", 2, 1, Some(200), EIGHT_DIGITS),
    ("RWF", 0, 1, None, EIGHT_DIGITS),
    ("SEK", 2, 1, Some(300), EIGHT_DIGITS),
    ("SGD", 2, 1, Some(50), EIGHT_DIGITS),
    ("THB", 2, 1, Some(1_000), EIGHT_DIGITS),
    ("TND", 3, 10, None, EIGHT_DIGITS),
    ("UGX", 2, 100, None, EIGHT_DIGITS),
    ("USD", 2, 1, Some(50), EIGHT_DIGITS),
    ("VND", 0, 1, None, EIGHT_DIGITS),
    ("VUV", 0, 1, None, EIGHT_DIGITS),
    ("XAF", 0, 1, None, EIGHT_DIGITS),
    ("XOF", 0, 1, None, EIGHT_DIGITS),
    ("XPF", 0, 1, None, EIGHT_DIGITS),
];

impl CurrencyRules {
    /// Returns the rules of a currency; `None` for one of other than two decimals that Stripe does not
    /// name, where a guess could charge ten times too much.
    pub(crate) fn of(currency: Currency) -> Option<Self> {
        let row = TABLE.iter().find(|(code, ..)| *code == currency.code());
        match row {
            Some(&(_, decimals, step, minimum, maximum)) => Some(Self {
                decimals,
                step,
                minimum,
                maximum,
            }),
            None if currency.exponent() == 2 => Some(TWO_DECIMALS),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_names_a_currency_of_iso_4217() {
        for (code, ..) in TABLE {
            assert!(code.parse::<Currency>().is_ok(), "{code}");
        }
    }

    #[test]
    fn the_table_is_sorted_and_names_each_currency_once() {
        assert!(TABLE.is_sorted_by(|one, next| one.0 < next.0));
    }

    #[test]
    fn limits_are_multiples_of_the_step_or_rounded_to_one() {
        for (code, _, step, minimum, maximum) in TABLE {
            assert_eq!(minimum.unwrap_or(step) % step, 0, "{code}");
            assert!(minimum.unwrap_or(step) <= maximum, "{code}");
        }
    }
}
