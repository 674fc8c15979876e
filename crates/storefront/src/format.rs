//! Values as text on a page.

use std::fmt::Display;

use udam_domain::money::Money;
use udam_domain::time::Timestamp;

/// An amount, such as "2.50 USD".
#[must_use]
pub fn money(amount: Money) -> String {
    format!("{amount} {}", amount.currency())
}

/// An instant, such as "24 Nov 2026, 13:05 UTC".
pub(crate) fn instant(at: Timestamp) -> String {
    at.strftime("%-d %b %Y, %H:%M UTC").to_string()
}

/// As [`instant`], to the second.
pub(crate) fn second(at: Timestamp) -> String {
    at.strftime("%-d %b %Y, %H:%M:%S UTC").to_string()
}

/// A count with its digits in groups of three.
pub fn count(number: impl Display) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number of orders: `1 order`, `5 orders`.
pub(crate) fn orders(number: u32) -> String {
    if number == 1 {
        "1 order".to_owned()
    } else {
        format!("{number} orders")
    }
}

/// A count of units: "1 unit", "1,200 units".
pub(crate) fn units(number: u32) -> String {
    let plural = if number == 1 { "unit" } else { "units" };
    format!("{} {plural}", count(number))
}

/// The text as one line, cut at the end of a word if it has more than `most` characters.
pub(crate) fn excerpt(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        None => line,
        Some((end, _)) => {
            let cut = line.get(..end).unwrap_or_default();
            let words = cut.rsplit_once(' ').map_or(cut, |(words, _)| words);
            format!("{words} …")
        }
    }
}

/// A status such as `awaiting_payment` as "Awaiting payment".
#[must_use]
pub fn status(name: &str) -> String {
    sentence_case(name)
}

/// A snake-case name as the beginning of a sentence: `service_name` as "Service name".
pub(crate) fn sentence_case(name: &str) -> String {
    let mut text = name.replace('_', " ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

#[cfg(test)]
mod tests {
    use udam_domain::money::Currency;

    use super::*;

    #[test]
    fn values_are_formatted_for_people() {
        assert_eq!(money(Money::new(250, Currency::USD)), "2.50 USD");
        assert_eq!(instant(Timestamp::UNIX_EPOCH), "1 Jan 1970, 00:00 UTC");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(12), "12");
        assert_eq!(
            (units(1).as_str(), units(1200).as_str()),
            ("1 unit", "1,200 units")
        );
        assert_eq!(status("awaiting_payment"), "Awaiting payment");
    }

    #[test]
    fn a_long_text_is_cut_at_the_end_of_a_word() {
        assert_eq!(excerpt("Rain\n and shine", 14), "Rain and shine");
        assert_eq!(excerpt("Rain and shine", 13), "Rain and …");
        assert_eq!(excerpt("éééé", 3), "ééé …");
    }
}
