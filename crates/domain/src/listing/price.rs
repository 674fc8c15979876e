use thiserror::Error;

use crate::money::{Currency, Money, ParseMoneyError};

/// Price of one unit: more than zero, and at most 10^12 minor units.
///
/// As an order has at most 10^6 units, its total cannot overflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Price(Money);

/// Error of an amount that cannot be a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PriceError {
    /// It is not an amount.
    #[error(transparent)]
    Amount(#[from] ParseMoneyError),
    /// It is zero or negative.
    #[error("must be more than zero")]
    NotPositive,
    /// It is higher than the highest price.
    #[error("must be at most {most}")]
    TooHigh {
        /// The highest price.
        most: Money,
    },
}

impl Price {
    /// The highest price, in minor units.
    pub const MAX_MINOR: i64 = 1_000_000_000_000;

    /// The amount as a price.
    ///
    /// # Errors
    /// When it is not positive or too high.
    pub const fn new(amount: Money) -> Result<Self, PriceError> {
        if amount.minor() <= 0 {
            return Err(PriceError::NotPositive);
        }
        if amount.minor() > Self::MAX_MINOR {
            let most = Money::new(Self::MAX_MINOR, amount.currency());
            return Err(PriceError::TooHigh { most });
        }
        Ok(Self(amount))
    }

    /// Parses a decimal in `currency` as a price.
    ///
    /// # Errors
    /// As [`Money::parse`] and [`Price::new`].
    pub fn parse(text: &str, currency: Currency) -> Result<Self, PriceError> {
        Self::new(Money::parse(text, currency)?)
    }

    /// The amount.
    #[must_use]
    pub const fn amount(self) -> Money {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_more_than_nothing_and_bounded() {
        let parse = |text| Price::parse(text, Currency::USD);
        assert_eq!(parse("0.00"), Err(PriceError::NotPositive));
        assert_eq!(parse("0.01").unwrap().amount().minor(), 1);
        assert!(parse("10000000000.00").is_ok());
        assert!(matches!(
            parse("10000000000.01"),
            Err(PriceError::TooHigh { .. })
        ));
        assert!(matches!(parse("free"), Err(PriceError::Amount(_))));
    }
}
