//! Durations in settings: `45s`, `30m`, `2h`, `7d`.

use thiserror::Error;
use udam_domain::time::SignedDuration;

/// Longest duration, a century: adding more to an instant might overflow.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 365 * 100);

/// Error of a text that is not a duration, or not one that a setting may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum ParseDurationError {
    /// It is not a whole number and a unit.
    #[error("must be a whole number with a unit (s, m, h or d), such as 45s, 30m, 2h or 7d")]
    Form,
    /// It is zero.
    #[error("must be more than nothing")]
    Zero,
    /// It is longer than [`LONGEST`].
    #[error("must be at most a hundred years")]
    TooLong,
}

/// Parses a duration of more than zero.
pub(crate) fn parse(text: &str) -> Result<SignedDuration, ParseDurationError> {
    let span = parse_or_zero(text)?;
    if span.is_zero() {
        return Err(ParseDurationError::Zero);
    }
    Ok(span)
}

/// Parses a duration.
pub(crate) fn parse_or_zero(text: &str) -> Result<SignedDuration, ParseDurationError> {
    let mut characters = text.chars();
    let seconds_per_unit = match characters.next_back() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 60 * 60,
        Some('d') => 24 * 60 * 60,
        _ => return Err(ParseDurationError::Form),
    };
    let digits = characters.as_str();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ParseDurationError::Form);
    }
    digits
        .parse::<i64>()
        .ok()
        .and_then(|count| count.checked_mul(seconds_per_unit))
        .map(SignedDuration::from_secs)
        .filter(|span| *span <= LONGEST)
        .ok_or(ParseDurationError::TooLong)
}

/// Formats a duration as [`parse`] reads it, in the largest unit that it is a whole number of.
pub(crate) fn show(span: SignedDuration) -> String {
    let seconds = span.as_secs();
    let unit = [(24 * 60 * 60, 'd'), (60 * 60, 'h'), (60, 'm')]
        .into_iter()
        .find(|(seconds_per_unit, _)| seconds % seconds_per_unit == 0);
    match unit {
        Some((seconds_per_unit, letter)) => format!("{}{letter}", seconds / seconds_per_unit),
        None => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_span_is_a_whole_number_and_a_unit() {
        let seconds = |text| parse(text).map(|span| span.as_secs());
        assert_eq!(seconds("45s"), Ok(45));
        assert_eq!(seconds("30m"), Ok(1_800));
        assert_eq!(seconds("2h"), Ok(7_200));
        assert_eq!(seconds("7d"), Ok(604_800));
        for text in [
            "", "s", "30", "m30", "1.5h", "-1s", "+1s", "1 h", "1h30m", "1w", "1M", "٣s",
        ] {
            assert_eq!(seconds(text), Err(ParseDurationError::Form), "{text}");
        }
    }

    #[test]
    fn a_span_is_more_than_nothing_and_at_most_a_century() {
        assert_eq!(parse("0d"), Err(ParseDurationError::Zero));
        assert_eq!(parse("36500d"), Ok(LONGEST));
        assert_eq!(parse("36501d"), Err(ParseDurationError::TooLong));
        assert_eq!(
            parse("99999999999999999999s"),
            Err(ParseDurationError::TooLong)
        );
    }

    proptest! {
        #[test]
        fn every_span_survives_its_text_form(seconds in 1..=LONGEST.as_secs()) {
            let span = SignedDuration::from_secs(seconds);
            prop_assert_eq!(parse(&show(span)), Ok(span));
        }

        #[test]
        fn no_text_makes_parsing_panic(text in ".{0,12}") {
            let _ = parse(&text);
        }
    }
}
