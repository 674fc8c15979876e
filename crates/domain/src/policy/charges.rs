use thiserror::Error;

use crate::money::{Currency, Money, MoneyError};
use crate::time::SignedDuration;

/// Smallest and largest charge of the payment provider, and shortest and longest checkout.
///
/// The provider's adapter has the figures, with their source. [`OrderPolicy::new`](super::OrderPolicy::new)
/// checks that they make sense: amounts and holds are above zero, the amounts are in one currency, and
/// neither the smallest amount nor the shortest hold is above its counterpart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeLimits {
    /// Smallest total of a charge.
    pub smallest: Money,
    /// Largest total of a charge.
    pub largest: Money,
    /// Step between totals: each must be a multiple of it.
    pub finest: Money,
    /// Shortest time for which a checkout can be kept open.
    pub shortest_hold: SignedDuration,
    /// Longest time for which a checkout can be kept open.
    pub longest_hold: SignedDuration,
}

/// Why the provider cannot charge an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unchargeable {
    /// Below [`ChargeLimits::smallest`].
    #[error("there is less to pay than can be charged at once")]
    TooSmall,
    /// Above [`ChargeLimits::largest`].
    #[error("there is more to pay than can be charged at once")]
    TooLarge,
    /// No multiple of [`ChargeLimits::finest`].
    #[error("the amount to pay is finer than can be charged")]
    TooFine,
}

impl ChargeLimits {
    /// The share of the largest charge, one part in so many, that is kept free for the tab: the charge of
    /// an order carries what is on the tab as well.
    const SHARE_FOR_THE_TAB: i64 = 100;

    /// Why `total` cannot be charged, or `None` if it can.
    ///
    /// # Errors
    /// When the currencies differ.
    pub fn refuses(&self, total: Money) -> Result<Option<Unchargeable>, MoneyError> {
        if total.compare(self.smallest)?.is_lt() {
            return Ok(Some(Unchargeable::TooSmall));
        }
        if total.compare(self.largest)?.is_gt() {
            return Ok(Some(Unchargeable::TooLarge));
        }
        Ok(self.is_too_fine(total).then_some(Unchargeable::TooFine))
    }

    /// Whether `total`, in the currency of the limits, is no multiple of [`finest`](Self::finest). Sums of
    /// amounts that are multiples can be charged, as far as they are neither too small nor too large.
    #[must_use]
    pub fn is_too_fine(&self, total: Money) -> bool {
        total.minor().checked_rem(self.finest.minor()) != Some(0)
    }

    /// Largest total of an order. It leaves a hundredth of the largest charge for the tab.
    #[must_use]
    pub fn largest_order(&self) -> Money {
        let largest = self.largest.minor();
        let for_the_tab = largest
            .checked_div(Self::SHARE_FOR_THE_TAB)
            .unwrap_or_default();
        Money::new(largest.saturating_sub(for_the_tab), self.largest.currency())
    }

    /// Largest amount on a tab that can be charged at once, and together with an order that is too small to
    /// be charged alone.
    #[must_use]
    pub fn largest_tab(&self) -> Money {
        let left = self.largest.minor().saturating_sub(self.smallest.minor());
        Money::new(left, self.largest.currency())
    }

    /// The currency of the limits; `None` if there is more than one, or if no charge can be within them.
    pub(super) fn checked_currency(&self) -> Option<Currency> {
        let amounts = [self.smallest, self.largest, self.finest];
        let currency = self.smallest.currency();
        let alike = amounts.iter().all(|amount| amount.currency() == currency);
        let positive = amounts.iter().all(|amount| amount.minor() > 0);
        let in_order = self.smallest.minor() <= self.largest.minor()
            && self.shortest_hold <= self.longest_hold
            && self.shortest_hold > SignedDuration::ZERO;
        (alike && positive && in_order).then_some(currency)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::{charge_limits, usd};

    #[test]
    fn a_charge_lies_within_its_limits_and_is_a_multiple_of_the_finest() {
        let limits = ChargeLimits {
            smallest: usd(50),
            largest: usd(1_000),
            finest: usd(10),
            ..charge_limits()
        };
        let refuses = |minor| limits.refuses(usd(minor)).unwrap();
        assert_eq!(refuses(49), Some(Unchargeable::TooSmall));
        assert_eq!(refuses(50), None);
        assert_eq!(refuses(55), Some(Unchargeable::TooFine));
        assert_eq!(refuses(1_000), None);
        assert_eq!(refuses(1_001), Some(Unchargeable::TooLarge));
        let yen = Money::new(100, "JPY".parse().unwrap());
        assert!(limits.refuses(yen).is_err());
    }

    #[test]
    fn the_largest_order_leaves_a_hundredth_for_the_tab() {
        let largest_order = |largest| {
            let limits = ChargeLimits {
                largest: usd(largest),
                ..charge_limits()
            };
            limits.largest_order()
        };
        assert_eq!(largest_order(99_999_999), usd(99_000_000));
        assert_eq!(largest_order(1_000), usd(990));
        assert_eq!(largest_order(99), usd(99));
    }

    proptest! {
        #[test]
        fn exactly_the_multiples_between_the_limits_can_be_charged(
            minor in 0..2_000_i64,
            (smallest, span, finest) in (1..500_i64, 0..1_000_i64, 1..20_i64),
        ) {
            let limits = ChargeLimits {
                smallest: usd(smallest),
                largest: usd(smallest + span),
                finest: usd(finest),
                ..charge_limits()
            };
            let within = (smallest..=smallest + span).contains(&minor);
            let chargeable = limits.refuses(usd(minor)).unwrap().is_none();
            prop_assert_eq!(chargeable, within && minor % finest == 0);
        }
    }
}
