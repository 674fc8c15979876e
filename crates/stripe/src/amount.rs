//! Amounts as Stripe counts them.
//!
//! Stripe counts in minor units as the domain does, but not in the same ones for every currency. The
//! rules are those of <https://docs.stripe.com/currencies>, sections "Zero-decimal currencies",
//! "Three-decimal currencies" and "Special cases".

use thiserror::Error;
use udam_domain::money::{Currency, Money};

/// Why an amount cannot be told to Stripe, or be taken from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum AmountError {
    #[error("stripe takes no payments in {0}")]
    CurrencyNotTaken(Currency),
    #[error("{0:?} is not above zero")]
    NotPositive(Money),
    #[error("{0:?} is finer than the amounts that stripe takes")]
    TooFine(Money),
    #[error("the amount does not fit")]
    TooLarge,
    #[error("stripe's amount is not one of a known currency")]
    NotAnAmount,
}

/// What to send for an amount of money.
pub(crate) fn to_stripe(money: Money) -> Result<i64, AmountError> {
    if money.minor() <= 0 {
        return Err(AmountError::NotPositive(money));
    }
    let scale = Scale::of(money.currency())?;
    let amount = match scale.power_of_ten()? {
        Power::Up(factor) => money.minor().checked_mul(factor),
        Power::Down(divisor) if money.minor().checked_rem(divisor) == Some(0) => {
            money.minor().checked_div(divisor)
        }
        Power::Down(_) => return Err(AmountError::TooFine(money)),
    }
    .ok_or(AmountError::TooLarge)?;
    // Card networks behind Stripe know two decimals, so the third has to be zero.
    if scale.stripe == 3 && amount.checked_rem(10) != Some(0) {
        return Err(AmountError::TooFine(money));
    }
    Ok(amount)
}

/// The money that an amount of Stripe's is.
pub(crate) fn from_stripe(amount: i64, currency: &str) -> Result<Money, AmountError> {
    let currency: Currency = currency
        .parse()
        .map_err(|_not_a_currency| AmountError::NotAnAmount)?;
    if amount < 0 {
        return Err(AmountError::NotAnAmount);
    }
    let minor = match Scale::of(currency)?.power_of_ten()? {
        Power::Up(factor) if amount.checked_rem(factor) == Some(0) => amount.checked_div(factor),
        Power::Up(_) => return Err(AmountError::NotAnAmount),
        Power::Down(divisor) => amount.checked_mul(divisor),
    };
    minor
        .map(|minor| Money::new(minor, currency))
        .ok_or(AmountError::TooLarge)
}

/// How many decimal digits each side counts in.
#[derive(Clone, Copy)]
struct Scale {
    iso: u32,
    stripe: u32,
}

/// What an amount of ours is multiplied or divided by.
enum Power {
    Up(i64),
    Down(i64),
}

impl Scale {
    fn of(currency: Currency) -> Result<Self, AmountError> {
        let not_taken = AmountError::CurrencyNotTaken(currency);
        let iso = u32::try_from(currency.exponent()).map_err(|_out_of_range| not_taken)?;
        let stripe = match (currency.code(), iso) {
            // MGA has two digits in ISO 4217. UGX is on Stripe's list, too, but see below.
            (
                "BIF" | "CLP" | "DJF" | "GNF" | "JPY" | "KMF" | "KRW" | "MGA" | "PYG" | "RWF"
                | "VND" | "VUV" | "XAF" | "XOF" | "XPF",
                _,
            ) => 0,
            ("BHD" | "JOD" | "KWD" | "OMR" | "TND", _) => 3,
            // They lost their decimals since; Stripe still wants two, both of them zero.
            ("ISK" | "UGX", _) | (_, 2) => 2,
            // A currency with other digits that Stripe says nothing of: guessing could charge ten
            // times too much.
            _ => return Err(not_taken),
        };
        Ok(Self { iso, stripe })
    }

    fn power_of_ten(self) -> Result<Power, AmountError> {
        let power = |digits| 10_i64.checked_pow(digits).ok_or(AmountError::TooLarge);
        match self.stripe.checked_sub(self.iso) {
            Some(more) => power(more).map(Power::Up),
            None => power(self.iso.abs_diff(self.stripe)).map(Power::Down),
        }
    }
}

#[cfg(test)]
mod tests;
