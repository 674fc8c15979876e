use thiserror::Error;

use crate::units::{Stock, Units};

/// The units of a token that are left. All others are open, taken by calls that have not ended, or charged: a call that
/// ends without a unit to give back changes no balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Balance {
    bought: Units,
    left: u32,
}

/// More units are left than were bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{left} units cannot be left of {bought} that were bought")]
pub struct BalanceError {
    bought: Units,
    left: u32,
}

impl Balance {
    /// The balance of a token that has not been used.
    #[must_use]
    pub const fn unused(bought: Units) -> Self {
        Self {
            bought,
            left: bought.get(),
        }
    }

    /// A balance that was stored.
    ///
    /// # Errors
    /// [`BalanceError`]
    pub const fn new(bought: Units, left: u32) -> Result<Self, BalanceError> {
        if left <= bought.get() {
            Ok(Self { bought, left })
        } else {
            Err(BalanceError { bought, left })
        }
    }

    /// Units that can be used.
    #[must_use]
    pub fn left(self) -> Stock {
        Stock::from_count(self.left)
    }

    /// Whether a tenth of what was bought is left at most.
    #[must_use]
    pub const fn is_low(self) -> bool {
        self.left <= self.bought.get() / 10
    }

    /// The balance with these units taken for a call; `None` if fewer are left.
    #[must_use]
    pub fn take(self, units: Units) -> Option<Self> {
        let left = self.left.checked_sub(units.get())?;
        Some(Self { left, ..self })
    }

    /// The balance with units that a call had taken and did not cost; `None` if fewer were taken.
    #[must_use]
    pub fn give_back(self, units: u32) -> Option<Self> {
        let left = self.left.checked_add(units)?;
        Self::new(self.bought, left).ok()
    }
}

/// The units of a token by where they are. Together they are the units that were bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenUnits {
    left: u32,
    open: u32,
    charged: u32,
}

/// More units are open than are not left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{open} units cannot be open while {left} are left of {bought} that were bought")]
pub struct TokenUnitsError {
    bought: Units,
    left: u32,
    open: u32,
}

impl TokenUnits {
    /// The units of a token that has not been used.
    #[must_use]
    pub const fn unused(bought: Units) -> Self {
        Self {
            left: bought.get(),
            open: 0,
            charged: 0,
        }
    }

    /// The units of a token with this balance, of which its open calls have taken `open`.
    ///
    /// # Errors
    /// [`TokenUnitsError`]
    pub fn new(Balance { bought, left }: Balance, open: u32) -> Result<Self, TokenUnitsError> {
        let used = bought.get().saturating_sub(left);
        let charged = used.checked_sub(open);
        let charged = charged.ok_or(TokenUnitsError { bought, left, open })?;
        Ok(Self {
            left,
            open,
            charged,
        })
    }

    /// Units that can be used.
    #[must_use]
    pub fn left(self) -> Stock {
        Stock::from_count(self.left)
    }

    /// Units that calls have taken which have not ended.
    #[must_use]
    pub fn open(self) -> Stock {
        Stock::from_count(self.open)
    }

    /// Units that calls have cost.
    #[must_use]
    pub fn charged(self) -> Stock {
        Stock::from_count(self.charged)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::units;

    proptest! {
        #[test]
        fn what_was_bought_is_left_open_or_charged_whatever_is_called(
            bought in 1..1_000_i64,
            calls in prop::collection::vec((1..50_i64, prop::option::of(0..60_u32)), 0..60),
        ) {
            let bought = units(bought);
            let mut balance = Balance::unused(bought);
            let (mut open, mut charged) = (0, 0);
            for (taken, cost) in calls {
                let taken = units(taken);
                let Some(drawn) = balance.take(taken) else {
                    prop_assert!(balance.left().get() < taken.get());
                    continue;
                };
                balance = drawn;
                let cost = cost.filter(|cost| *cost <= taken.get());
                if let Some(cost) = cost {
                    balance = balance.give_back(taken.get() - cost).unwrap();
                    charged += cost;
                } else {
                    open += taken.get();
                }
                let split = TokenUnits::new(balance, open).unwrap();
                prop_assert_eq!(split.left(), balance.left());
                prop_assert_eq!([split.open(), split.charged()].map(Stock::get), [open, charged]);
                let sum = split.left().get() + open + charged;
                prop_assert_eq!(sum, bought.get());
            }
            prop_assert_eq!(balance.give_back(open + charged + 1), None);
        }
    }

    #[test]
    fn a_tenth_of_what_was_bought_is_few() {
        for (bought, left, is_low) in [
            (1, 1, false),
            (1, 0, true),
            (9, 1, false),
            (10, 1, true),
            (100, 11, false),
            (100, 10, true),
            (1_000_000, 100_000, true),
        ] {
            let balance = Balance::new(units(bought), left).unwrap();
            assert_eq!(balance.is_low(), is_low, "{left} of {bought}");
        }
    }

    #[test]
    fn a_balance_that_does_not_add_up_is_no_balance() {
        let error = Balance::new(units(10), 11).unwrap_err();
        let text = "11 units cannot be left of 10 that were bought";
        assert_eq!(error.to_string(), text);
        let balance = Balance::new(units(10), 6).unwrap();
        assert_eq!(balance.give_back(u32::MAX), None);
        let error = TokenUnits::new(balance, 5).unwrap_err();
        let text = "5 units cannot be open while 6 are left of 10 that were bought";
        assert_eq!(error.to_string(), text);
        let unused = TokenUnits::new(Balance::unused(units(3)), 0);
        assert_eq!(unused, Ok(TokenUnits::unused(units(3))));
    }
}
