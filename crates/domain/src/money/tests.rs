use proptest::prelude::*;

use super::*;

fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

fn parse(text: &str, code: &str) -> Result<i64, ParseMoneyError> {
    Money::parse(text, currency(code)).map(Money::minor)
}

#[test]
fn an_amount_is_parsed_in_its_currencys_own_exponent() {
    assert_eq!(parse("2.50", "USD"), Ok(250));
    assert_eq!(parse("2.5", "USD"), Ok(250));
    assert_eq!(parse("0.01", "USD"), Ok(1));
    assert_eq!(parse("250", "JPY"), Ok(250));
    assert_eq!(parse("1.234", "KWD"), Ok(1234));
    assert_eq!(parse("007", "USD"), Ok(700));
}

#[test]
fn surplus_digits_are_refused_and_not_rounded() {
    assert!(matches!(
        parse("2.505", "USD"),
        Err(ParseMoneyError::TooPrecise { .. })
    ));
    assert!(matches!(
        parse("2.500", "USD"),
        Err(ParseMoneyError::TooPrecise { .. })
    ));
    assert!(matches!(
        parse("250.0", "JPY"),
        Err(ParseMoneyError::TooPrecise { .. })
    ));
}

#[test]
fn a_text_that_is_not_a_plain_decimal_is_rejected() {
    for text in [
        "", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", " 1", "1 ", "٣", "0x1", "NaN",
    ] {
        assert_eq!(
            parse(text, "USD"),
            Err(ParseMoneyError::NotDecimal),
            "{text}"
        );
    }
    assert_eq!(
        parse("92233720368547758.08", "USD"),
        Err(ParseMoneyError::TooLarge)
    );
    assert_eq!(parse("92233720368547758.07", "USD"), Ok(i64::MAX));
}

#[test]
fn codes_that_price_nothing_are_no_currencies() {
    for code in ["XAU", "XXX", "XTS", "US", "USDT", "ÜSD", ""] {
        assert!(code.parse::<Currency>().is_err(), "{code}");
    }
    assert_eq!("usd".parse(), Ok(Currency::USD));
}

#[test]
fn overflow_and_mixed_currencies_are_errors() {
    let most = Money::new(i64::MAX, Currency::USD);
    let cent = Money::new(1, Currency::USD);
    assert_eq!(most.checked_add(cent), Err(MoneyError::Overflow));
    assert_eq!(
        most.times(Units::new(2).unwrap()),
        Err(MoneyError::Overflow)
    );
    let yen = Money::new(1, currency("JPY"));
    assert!(matches!(
        cent.checked_add(yen),
        Err(MoneyError::CurrencyMismatch(..))
    ));
    assert!(cent.compare(yen).is_err());
}

proptest! {
    #[test]
    fn every_amount_survives_its_text_form(
        minor in 0..=i64::MAX,
        code in prop::sample::select(vec!["USD", "JPY", "KWD", "CLF"]),
    ) {
        let money = Money::new(minor, currency(code));
        prop_assert_eq!(Money::parse(&money.to_string(), money.currency()), Ok(money));
    }

    #[test]
    fn a_sum_less_one_part_is_the_other(a in i64::MIN..=i64::MAX, b in i64::MIN..=i64::MAX) {
        let (a, b) = (Money::new(a, Currency::USD), Money::new(b, Currency::USD));
        if let Ok(sum) = a.checked_add(b) {
            prop_assert_eq!(sum.checked_sub(b), Ok(a));
        }
    }

    #[test]
    fn no_text_makes_parsing_panic(text in ".{0,30}") {
        let _ = Money::parse(&text, Currency::USD);
    }
}
