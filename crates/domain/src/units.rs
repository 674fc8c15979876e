//! Counts of the units that a listing sells.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Number of units of one order: 1 to 1,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Units(u32);

/// Number of units that a listing has on sale, holds or has sold: 0 to 1,000,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Stock(u32);

/// The error of a number outside the range of [`Units`] or [`Stock`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be a whole number from {least} to {most}")]
pub struct CountError {
    least: u32,
    most: u32,
}

macro_rules! count {
    ($name:ident, $least:literal, $most:literal) => {
        impl $name {
            /// The smallest count.
            pub const MIN: Self = Self($least);

            /// The largest count.
            pub const MAX: Self = Self($most);

            const ERROR: CountError = CountError {
                least: $least,
                most: $most,
            };

            /// The count, if it is in range.
            ///
            /// # Errors
            /// [`CountError`] names the range.
            pub fn new(count: i64) -> Result<Self, CountError> {
                u32::try_from(count)
                    .ok()
                    .filter(|count| ($least..=$most).contains(count))
                    .map(Self)
                    .ok_or(Self::ERROR)
            }

            /// The plain number.
            #[must_use]
            pub const fn get(self) -> u32 {
                self.0
            }
        }

        impl FromStr for $name {
            type Err = CountError;

            fn from_str(text: &str) -> Result<Self, CountError> {
                // `i64::from_str` would take a leading plus, which no client means.
                if !text.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(Self::ERROR);
                }
                text.parse()
                    .ok()
                    .and_then(|count| Self::new(count).ok())
                    .ok_or(Self::ERROR)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

count!(Units, 1, 1_000_000);
count!(Stock, 0, 1_000_000_000);

impl Stock {
    /// The stock without `units`; `None` if it has fewer.
    #[must_use]
    pub fn take(self, units: Units) -> Option<Self> {
        self.0.checked_sub(units.0).map(Self)
    }

    /// A part of the units of one order, or of several that fit into a stock.
    pub(crate) const fn from_count(count: u32) -> Self {
        Self(if count > Self::MAX.0 {
            Self::MAX.0
        } else {
            count
        })
    }

    /// The sum; `None` if it is more than [`MAX`](Self::MAX).
    #[must_use]
    pub fn plus(self, more: Self) -> Option<Self> {
        self.0
            .checked_add(more.0)
            .and_then(|sum| Self::new(sum.into()).ok())
    }

    /// Returns whether it is zero.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl From<Units> for Stock {
    fn from(units: Units) -> Self {
        Self(units.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_for_one_to_a_million_units() {
        assert!(Units::new(0).is_err());
        assert!(Units::new(-1).is_err());
        assert_eq!(Units::new(1), Ok(Units::MIN));
        assert_eq!(Units::new(1_000_000), Ok(Units::MAX));
        assert!(Units::new(1_000_001).is_err());
        assert!(Units::new(i64::MAX).is_err());
    }

    #[test]
    fn a_count_in_text_is_digits_only() {
        assert_eq!("3".parse(), Ok(Units(3)));
        for text in [
            "",
            "+3",
            "-3",
            "3.0",
            "3e0",
            " 3",
            "٣",
            "99999999999999999999",
        ] {
            assert!(text.parse::<Units>().is_err(), "{text}");
        }
    }

    #[test]
    fn stock_never_goes_below_nothing() {
        let three = Stock::new(3).unwrap();
        assert_eq!(three.take(Units(3)), Some(Stock(0)));
        assert_eq!(three.take(Units(4)), None);
        assert_eq!(Stock::MAX.plus(Stock(1)), None);
    }
}
