//! Readers of field values. Each fails with the rule that a value breaks.

use std::fmt::Display;
use std::str::FromStr;

use serde_json::Value;
use strum::VariantArray;
use udam_domain::listing::Price;
use udam_domain::money::{Currency, Money};
use udam_domain::page::PageLimit;
use udam_domain::time::{Date, Timestamp};

const A_STRING: &str = "must be a string";

fn string(value: Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(A_STRING.to_owned()),
    }
}

fn parsed<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|rule: T::Err| rule.to_string())
}

/// A text that `T` parses.
pub(crate) fn text<T: FromStr<Err: Display>>(value: Value) -> Result<T, String> {
    string(value).and_then(|text| parsed(&text))
}

/// A secret text, moved into `make` so that no copy of it stays behind.
pub(crate) fn secret<T, E: Display>(
    make: impl FnOnce(String) -> Result<T, E>,
) -> impl FnOnce(Value) -> Result<T, String> {
    move |value| string(value).and_then(|text| make(text).map_err(|rule| rule.to_string()))
}

/// A number as its own text, in or out of quotes: it never passes through a float.
fn numeral(value: Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err("must be a number, or a number in a string".to_owned()),
    }
}

/// A count that `T` parses. To JSON, `3.0` is a whole number too.
pub(crate) fn count<T: FromStr<Err: Display>>(value: Value) -> Result<T, String> {
    let is_number = value.is_number();
    let text = numeral(value)?;
    let whole = text
        .split_once('.')
        .filter(|(_, rest)| rest.bytes().all(|digit| digit == b'0'));
    match whole {
        Some((whole, _)) if is_number => parsed(whole),
        _ => parsed(&text),
    }
}

/// A whole number that `make` accepts, in or out of quotes.
pub(crate) fn whole<T, E: Display>(
    make: impl FnOnce(i64) -> Result<T, E>,
) -> impl FnOnce(Value) -> Result<T, String> {
    move |value| {
        let number: i64 = count(value).map_err(|_unparsed| "must be a whole number".to_owned())?;
        make(number).map_err(|rule| rule.to_string())
    }
}

/// A price in `currency`.
pub(crate) fn price(currency: Currency) -> impl FnOnce(Value) -> Result<Price, String> {
    move |value| {
        let text = numeral(value)?;
        Price::parse(&text, currency).map_err(|rule| rule.to_string())
    }
}

/// An amount in `currency`, nothing included.
pub(crate) fn amount(currency: Currency) -> impl FnOnce(Value) -> Result<Money, String> {
    move |value| {
        let text = numeral(value)?;
        Money::parse(&text, currency).map_err(|rule| rule.to_string())
    }
}

/// The currency that everything settles in, and no other.
pub(crate) fn settlement(currency: Currency) -> impl FnOnce(Value) -> Result<Currency, String> {
    move |value| {
        let given: Currency = text(value)?;
        if given == currency {
            Ok(given)
        } else {
            Err(format!(
                "must be {currency}, which is what this marketplace settles in"
            ))
        }
    }
}

/// A day, as RFC 3339 writes it.
pub(crate) fn day(value: Value) -> Result<Date, String> {
    let text = string(value)?;
    let day = text.parse::<Date>().ok();
    // Other notations have other readings.
    day.filter(|day| day.to_string() == text)
        .ok_or_else(|| "must be a day such as 2026-01-31".to_owned())
}

/// An instant, as RFC 3339 writes it.
pub(crate) fn instant(value: Value) -> Result<Timestamp, String> {
    let text = string(value)?;
    let instant = text.parse::<Timestamp>().ok();
    instant.ok_or_else(|| "must be a time such as 2026-01-31T00:00:00Z".to_owned())
}

/// `true` or `false`.
#[expect(clippy::needless_pass_by_value, reason = "readers take the value over")]
pub(crate) fn flag(value: Value) -> Result<bool, String> {
    match value {
        Value::Bool(flag) => Ok(flag),
        _ => Err("must be true or false".to_owned()),
    }
}

/// `true` or `false` in a query string, which knows texts only.
#[expect(clippy::needless_pass_by_value, reason = "readers take the value over")]
pub(crate) fn flag_text(value: Value) -> Result<bool, String> {
    match value.as_str() {
        Some("true") => Ok(true),
        Some("false") => Ok(false),
        _ => Err("must be one of true, false".to_owned()),
    }
}

/// The name of one of a type's variants.
pub(crate) fn variant<T>(value: Value) -> Result<T, String>
where
    T: FromStr + VariantArray,
    &'static str: From<&'static T>,
{
    string(value).and_then(|name| {
        name.parse().map_err(|_unknown| {
            let names = T::VARIANTS.iter().map(<&str>::from);
            format!("must be one of {}", names.collect::<Vec<_>>().join(", "))
        })
    })
}

/// Parses the most items of a page.
pub(crate) fn page_limit(value: Value) -> Result<PageLimit, String> {
    let digits = string(value)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    Some(digits)
        .filter(|_| plain)
        .and_then(|digits| digits.parse().ok())
        .and_then(PageLimit::new)
        .ok_or_else(|| format!("must be a whole number from 1 to {}", PageLimit::MAX.get()))
}

#[cfg(test)]
mod tests {
    use udam_domain::listing::ListingState;
    use udam_domain::units::Units;

    use super::*;

    fn json(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn units_are_whole_numbers_in_or_out_of_quotes() {
        let units = |text| count::<Units>(json(text)).map(Units::get);
        assert_eq!(units("3"), Ok(3));
        assert_eq!(units("3.0"), Ok(3));
        assert_eq!(units("\"3\""), Ok(3));
        for text in [
            "3.5", "1e2", "-1", "0", "1000001", "true", "[3]", "{}", "\"3.0\"", "\"\"", "1E2",
        ] {
            assert!(units(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_price_keeps_its_text_and_never_becomes_a_float() {
        let price = |text| price(Currency::USD)(json(text)).map(|price| price.amount().minor());
        assert_eq!(price("2.5"), Ok(250));
        assert_eq!(price("\"2.50\""), Ok(250));
        assert_eq!(price("0.29"), Ok(29));
        assert_eq!(price("9999999999.99"), Ok(999_999_999_999));
        for text in [
            "2.505", "2.500", "1e2", "-1", "0", "0.00", "null", "\"free\"",
        ] {
            assert!(price(text).is_err(), "{text}");
        }
    }

    #[test]
    fn another_currency_is_refused_by_name() {
        let settles = |text| settlement(Currency::USD)(json(text));
        assert_eq!(settles("\"usd\""), Ok(Currency::USD));
        assert!(settles("\"EUR\"").unwrap_err().contains("must be USD"));
        assert!(settles("\"dollars\"").is_err());
    }

    #[test]
    fn a_page_limit_is_digits_in_range() {
        let limit = |text: &str| page_limit(Value::String(text.to_owned())).map(PageLimit::get);
        assert_eq!(limit("1"), Ok(1));
        assert_eq!(limit("100"), Ok(100));
        for text in ["0", "101", "+5", "", "5.0", "ten", "99999999999999999999"] {
            assert!(limit(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_unknown_variant_is_told_which_there_are() {
        let state = |text| variant(json(text));
        assert_eq!(state("\"paused\""), Ok(ListingState::Paused));
        assert_eq!(
            state("\"sold_out\"").unwrap_err(),
            "must be one of active, paused, archived"
        );
    }
}
