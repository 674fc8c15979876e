use thiserror::Error;
use udam_domain::money::{Currency, Money};

use crate::currency::CurrencyRules;

/// Why an amount cannot be converted to or from Stripe's minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum AmountError {
    #[error("stripe takes no payments in {0}")]
    UnsupportedCurrency(Currency),
    #[error("{0:?} is not above zero")]
    NotPositive(Money),
    #[error("{0:?} has more decimals than stripe takes")]
    TooFine(Money),
    #[error("the amount is out of range")]
    Overflow,
    #[error("stripe's amount is not one of a known currency")]
    Invalid,
}

/// Converts an amount to Stripe's minor units, in which it must be above zero. It is never rounded.
pub(crate) fn to_stripe(money: Money) -> Result<i64, AmountError> {
    if money.minor() <= 0 {
        return Err(AmountError::NotPositive(money));
    }
    let currency = money.currency();
    let rules = CurrencyRules::of(currency).ok_or(AmountError::UnsupportedCurrency(currency))?;
    let amount = match scale(currency, &rules)? {
        Scale::Up(factor) => money.minor().checked_mul(factor),
        Scale::Down(divisor) if money.minor().checked_rem(divisor) == Some(0) => {
            money.minor().checked_div(divisor)
        }
        Scale::Down(_) => return Err(AmountError::TooFine(money)),
    }
    .ok_or(AmountError::Overflow)?;
    if amount.checked_rem(rules.step) != Some(0) {
        return Err(AmountError::TooFine(money));
    }
    Ok(amount)
}

/// Converts an amount of Stripe's, in whose API the currency's code is in lower case.
pub(crate) fn from_stripe(amount: i64, currency: &str) -> Result<Money, AmountError> {
    let currency: Currency = currency.parse().map_err(|_unknown| AmountError::Invalid)?;
    if amount < 0 {
        return Err(AmountError::Invalid);
    }
    let rules = CurrencyRules::of(currency).ok_or(AmountError::UnsupportedCurrency(currency))?;
    let minor = match scale(currency, &rules)? {
        Scale::Up(factor) if amount.checked_rem(factor) == Some(0) => amount.checked_div(factor),
        Scale::Up(_) => return Err(AmountError::Invalid),
        Scale::Down(divisor) => amount.checked_mul(divisor),
    };
    minor
        .map(|minor| Money::new(minor, currency))
        .ok_or(AmountError::Overflow)
}

/// Factor or divisor from the minor units of ISO 4217 to Stripe's: a power of ten.
enum Scale {
    Up(i64),
    Down(i64),
}

fn scale(currency: Currency, rules: &CurrencyRules) -> Result<Scale, AmountError> {
    let iso = u32::try_from(currency.exponent())
        .map_err(|_negative| AmountError::UnsupportedCurrency(currency))?;
    let power = |decimals| 10_i64.checked_pow(decimals).ok_or(AmountError::Overflow);
    match rules.decimals.checked_sub(iso) {
        Some(more) => power(more).map(Scale::Up),
        None => power(iso.abs_diff(rules.decimals)).map(Scale::Down),
    }
}

#[cfg(test)]
mod tests;
