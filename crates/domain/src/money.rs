//! Amounts of money: whole minor units of one ISO 4217 currency, never a float.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::units::Units;

/// An ISO 4217 currency that money can be held in.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

/// The text names no currency that amounts can be given in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be the three-letter ISO 4217 code of a currency, such as USD")]
pub struct ParseCurrencyError;

impl Currency {
    /// The United States dollar.
    pub const USD: Self = Self(iso_currency::Currency::USD);

    /// The three-letter code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Decimals of an amount: 2 for USD, 0 for JPY, 3 for KWD.
    #[must_use]
    pub fn exponent(self) -> usize {
        self.0.exponent().map_or(0, usize::from)
    }
}

impl FromStr for Currency {
    type Err = ParseCurrencyError;

    /// Codes are accepted in either case. Those without an exponent (metals, test codes, bond
    /// units) are not currencies that anything can be priced in.
    fn from_str(code: &str) -> Result<Self, ParseCurrencyError> {
        iso_currency::Currency::from_code(&code.to_ascii_uppercase())
            .filter(|currency| currency.exponent().is_some())
            .map(Self)
            .ok_or(ParseCurrencyError)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount, in minor units of its currency. It may be negative; [`Money::parse`] never makes one so.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParseMoneyError {
    /// It is not digits with at most one decimal point.
    #[error("must be a decimal amount, such as 2.50")]
    NotDecimal,
    /// It has digits below the currency's smallest unit.
    #[error("must have at most {exponent} digits after the point, as {currency} amounts have")]
    TooPrecise {
        /// The currency the amount is in.
        currency: Currency,
        /// Decimals that the currency has.
        exponent: usize,
    },
    /// It is too large to hold.
    #[error("is too large an amount")]
    TooLarge,
}

/// Why two amounts do not combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// The result does not fit.
    #[error("the amount is too large")]
    Overflow,
    /// The amounts are in different currencies.
    #[error("amounts in {0} and {1} do not combine")]
    CurrencyMismatch(Currency, Currency),
}

impl Money {
    /// `minor` minor units of `currency`: `Money::new(250, USD)` is 2.50 dollars.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Zero, in `currency`.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// The amount in minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency the amount is in.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Reads a decimal such as `2.50`, `2.5` or `2` in `currency`'s own exponent.
    ///
    /// # Errors
    /// Signs, exponents, separators, spaces and surplus digits are refused, not rounded.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, ParseMoneyError> {
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return Err(ParseMoneyError::NotDecimal),
            Some(parts) => parts,
            None => (text, ""),
        };
        let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits_only(whole) || !digits_only(fraction) {
            return Err(ParseMoneyError::NotDecimal);
        }
        let exponent = currency.exponent();
        if fraction.len() > exponent {
            return Err(ParseMoneyError::TooPrecise { currency, exponent });
        }
        format!("{whole}{fraction:0<exponent$}")
            .parse()
            .map(|minor| Self::new(minor, currency))
            .map_err(|_digits_that_overflow| ParseMoneyError::TooLarge)
    }

    /// The sum.
    ///
    /// # Errors
    /// Fails if the result overflows or the currencies differ.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_add)
    }

    /// The difference, which may be negative.
    ///
    /// # Errors
    /// Fails if the result overflows or the currencies differ.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_sub)
    }

    /// The price of `units` at this price each.
    ///
    /// # Errors
    /// Fails if the result overflows.
    pub fn times(self, units: Units) -> Result<Self, MoneyError> {
        self.minor
            .checked_mul(units.get().into())
            .map(|minor| Self::new(minor, self.currency))
            .ok_or(MoneyError::Overflow)
    }

    /// The smaller of two amounts.
    ///
    /// # Errors
    /// Fails if the currencies differ.
    pub fn min(self, other: Self) -> Result<Self, MoneyError> {
        Ok(if self.compare(other)?.is_le() {
            self
        } else {
            other
        })
    }

    /// The larger of two amounts.
    ///
    /// # Errors
    /// Fails if the currencies differ.
    pub fn max(self, other: Self) -> Result<Self, MoneyError> {
        Ok(if self.compare(other)?.is_ge() {
            self
        } else {
            other
        })
    }

    /// Compares two amounts.
    ///
    /// # Errors
    /// Fails if the currencies differ.
    pub fn compare(self, other: Self) -> Result<Ordering, MoneyError> {
        self.same_currency(other)?;
        Ok(self.minor.cmp(&other.minor))
    }

    fn combine(
        self,
        other: Self,
        operation: impl Fn(i64, i64) -> Option<i64>,
    ) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        operation(self.minor, other.minor)
            .map(|minor| Self::new(minor, self.currency))
            .ok_or(MoneyError::Overflow)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch(self.currency, other.currency))
        }
    }
}

/// The decimal in the currency's own exponent, without its code: `2.50`, or `250` for JPY.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minor < 0 { "-" } else { "" };
        let exponent = self.currency.exponent();
        let digits = format!(
            "{:0>1$}",
            self.minor.unsigned_abs(),
            exponent.saturating_add(1)
        );
        match digits.split_at_checked(digits.len().saturating_sub(exponent)) {
            Some((whole, fraction)) if !fraction.is_empty() => {
                write!(f, "{sign}{whole}.{fraction}")
            }
            _ => write!(f, "{sign}{digits}"),
        }
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} {}", self.currency)
    }
}

#[cfg(test)]
mod tests;
