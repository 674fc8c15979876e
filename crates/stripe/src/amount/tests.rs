use proptest::prelude::*;

use super::*;

fn money(minor: i64, code: &str) -> Money {
    Money::new(minor, code.parse().unwrap())
}

/// Currency, minor units of ISO 4217, minor units of Stripe.
const EQUAL_AMOUNTS: &[(&str, i64, i64)] = &[
    ("USD", 1_050, 1_050),
    ("EUR", 1, 1),
    ("JPY", 500, 500),
    ("KRW", 12_000, 12_000),
    ("CLP", 990, 990),
    ("KWD", 5_120, 5_120),
    ("BHD", 10, 10),
    ("ISK", 5, 500),
    ("UGX", 5, 500),
    ("MGA", 50_000, 500),
    ("HUF", 1_045, 1_045),
    ("TWD", 80_045, 80_045),
];

#[test]
fn amounts_are_converted_to_stripe_s_minor_units_and_back() {
    for &(code, minor, amount) in EQUAL_AMOUNTS {
        let ours = money(minor, code);
        assert_eq!(to_stripe(ours), Ok(amount), "{code}");
        assert_eq!(
            from_stripe(amount, &code.to_ascii_lowercase()),
            Ok(ours),
            "{code}"
        );
    }
}

#[test]
fn an_amount_that_is_too_fine_is_rejected_and_never_rounded() {
    for ours in [money(5_124, "KWD"), money(1, "TND"), money(50_001, "MGA")] {
        assert_eq!(to_stripe(ours), Err(AmountError::TooFine(ours)));
    }
}

#[test]
fn an_amount_to_pay_is_above_zero() {
    for ours in [money(0, "USD"), money(-1, "USD"), money(i64::MIN, "JPY")] {
        assert_eq!(to_stripe(ours), Err(AmountError::NotPositive(ours)));
    }
}

#[test]
fn a_currency_whose_decimals_stripe_does_not_name_is_rejected() {
    for code in ["IQD", "LYD", "CLF", "UYI"] {
        let ours = money(1_000, code);
        let rejected = Err(AmountError::UnsupportedCurrency(ours.currency()));
        assert_eq!(to_stripe(ours), rejected);
    }
}

#[test]
fn an_invalid_amount_of_stripe_s_is_rejected() {
    assert_eq!(from_stripe(-1, "usd"), Err(AmountError::Invalid));
    assert_eq!(from_stripe(550, "isk"), Err(AmountError::Invalid));
    assert_eq!(from_stripe(100, "usdc"), Err(AmountError::Invalid));
    assert_eq!(from_stripe(100, ""), Err(AmountError::Invalid));
    assert_eq!(from_stripe(i64::MAX, "mga"), Err(AmountError::Overflow));
    assert_eq!(
        to_stripe(money(i64::MAX, "ISK")),
        Err(AmountError::Overflow)
    );
}

#[test]
fn zero_is_an_amount_that_stripe_may_report() {
    assert_eq!(from_stripe(0, "usd"), Ok(money(0, "USD")));
}

proptest! {
    #[test]
    fn a_conversion_and_back_returns_the_same_amount(
        minor in 1..=i64::MAX,
        code in prop::sample::select(vec!["USD", "JPY", "KWD", "ISK", "UGX", "MGA", "XOF", "HUF"]),
    ) {
        let ours = money(minor, code);
        if let Ok(amount) = to_stripe(ours) {
            prop_assert!(amount > 0);
            prop_assert_eq!(from_stripe(amount, code), Ok(ours));
        }
    }
}
