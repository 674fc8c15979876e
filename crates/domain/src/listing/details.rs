use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use url::Url;

use crate::money::{Currency, Money, ParseMoneyError};
use crate::text::{TextError, bounded_text, line, paragraphs};

bounded_text!(
    /// Name of a service: one line of at most 200 characters.
    ServiceName,
    line,
    200
);
bounded_text!(
    /// Description of a service: at most 10,000 characters, line breaks allowed.
    Description,
    paragraphs,
    10_000
);
bounded_text!(
    /// Meaning of one unit, such as "1,000 requests": one line of at most 200 characters.
    UnitDescription,
    line,
    200
);

/// Address of a service: an `http` or `https` address of at most 2,048 characters.
///
/// Everyone can read it, so an address that carries a user name or password is refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EndpointUrl(String);

impl EndpointUrl {
    /// Most characters of an address.
    pub const MAX_LENGTH: usize = 2_048;

    /// The address, normalized.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EndpointUrl {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let text = line(text, Self::MAX_LENGTH)?;
        let not_an_address = TextError::Form("must be an http or https address");
        let Ok(url) = Url::parse(&text) else {
            return Err(not_an_address);
        };
        if !matches!(url.scheme(), "http" | "https") {
            return Err(not_an_address);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TextError::Form(
                "must not carry a user name or password: all can read it",
            ));
        }
        let address = String::from(url);
        if address.len() > Self::MAX_LENGTH {
            return Err(TextError::TooLong {
                most: Self::MAX_LENGTH,
            });
        }
        Ok(Self(address))
    }
}

impl fmt::Display for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Price of one unit: more than zero, and at most 10^12 minor units.
///
/// As an order has at most 10^6 units, its total cannot overflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Price(Money);

/// Why an amount is no price.
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
    fn an_endpoint_is_a_web_address_without_credentials() {
        let parse = |text: &str| {
            text.parse::<EndpointUrl>()
                .map(|url| url.as_str().to_owned())
        };
        assert_eq!(
            parse(" https://API.example.com/v1 ").unwrap(),
            "https://api.example.com/v1"
        );
        for text in [
            "",
            "example.com",
            "ftp://x.com",
            "javascript:alert(1)",
            "https://",
            "http://a b",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse("https://user:pw@example.com").is_err());
        assert!(parse(&format!("https://example.com/{}", "é".repeat(2_000))).is_err());
    }

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
