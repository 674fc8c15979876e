use proptest::prelude::*;

use super::*;

fn money(minor: i64, code: &str) -> Money {
    Money::new(minor, code.parse().unwrap())
}

/// Currency, our minor units, Stripe's.
const SAME_MONEY: &[(&str, i64, i64)] = &[
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
fn amounts_are_told_in_stripe_s_units_and_taken_back() {
    for &(code, minor, amount) in SAME_MONEY {
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
fn what_stripe_has_no_digit_for_is_refused_and_never_rounded() {
    for ours in [money(5_124, "KWD"), money(1, "TND"), money(50_001, "MGA")] {
        assert_eq!(to_stripe(ours), Err(AmountError::TooFine(ours)));
    }
}

#[test]
fn nothing_is_not_an_amount_to_pay() {
    for ours in [money(0, "USD"), money(-1, "USD"), money(i64::MIN, "JPY")] {
        assert_eq!(to_stripe(ours), Err(AmountError::NotPositive(ours)));
    }
}

#[test]
fn a_currency_whose_digits_stripe_does_not_tell_is_refused() {
    for code in ["IQD", "LYD", "CLF", "UYI"] {
        let ours = money(1_000, code);
        let refused = Err(AmountError::CurrencyNotTaken(ours.currency()));
        assert_eq!(to_stripe(ours), refused);
    }
}

#[test]
fn what_is_no_amount_is_not_taken_for_one() {
    assert_eq!(from_stripe(-1, "usd"), Err(AmountError::NotAnAmount));
    assert_eq!(from_stripe(550, "isk"), Err(AmountError::NotAnAmount));
    assert_eq!(from_stripe(100, "usdc"), Err(AmountError::NotAnAmount));
    assert_eq!(from_stripe(100, ""), Err(AmountError::NotAnAmount));
    assert_eq!(from_stripe(i64::MAX, "mga"), Err(AmountError::TooLarge));
    assert_eq!(
        to_stripe(money(i64::MAX, "ISK")),
        Err(AmountError::TooLarge)
    );
}

#[test]
fn nothing_refunded_is_an_amount_that_stripe_may_tell() {
    assert_eq!(from_stripe(0, "usd"), Ok(money(0, "USD")));
}

proptest! {
    #[test]
    fn what_stripe_takes_it_tells_back_unchanged(
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
