use thiserror::Error;

use crate::units::{Stock, Units};

/// What is left, open and charged of the units of a token. Together they are the units that were bought, always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Balance {
    left: u32,
    open: u32,
    charged: u32,
}

/// The three parts are not what was bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "{left} units left, {open} open and {charged} charged are not the {bought} that were bought"
)]
pub struct BalanceError {
    bought: Units,
    left: u32,
    open: u32,
    charged: u32,
}

impl Balance {
    /// The balance of a token that has not been used.
    #[must_use]
    pub const fn unused(bought: Units) -> Self {
        Self {
            left: bought.get(),
            open: 0,
            charged: 0,
        }
    }

    /// A balance that was stored.
    ///
    /// # Errors
    /// [`BalanceError`]
    pub fn new(bought: Units, left: u32, open: u32, charged: u32) -> Result<Self, BalanceError> {
        let sum = left
            .checked_add(open)
            .and_then(|sum| sum.checked_add(charged));
        if sum == Some(bought.get()) {
            Ok(Self {
                left,
                open,
                charged,
            })
        } else {
            Err(BalanceError {
                bought,
                left,
                open,
                charged,
            })
        }
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

    /// Whether a tenth of what was bought is left at most.
    #[must_use]
    pub fn is_low(self) -> bool {
        let bought = self.left.saturating_add(self.open);
        let bought = bought.saturating_add(self.charged);
        self.left <= bought / 10
    }

    /// The balance with these units taken for a call; `None` if fewer are left.
    #[must_use]
    pub fn take(self, units: Units) -> Option<Self> {
        Some(Self {
            left: self.left.checked_sub(units.get())?,
            open: self.open.checked_add(units.get())?,
            ..self
        })
    }

    /// The balance after a call that had taken `taken` units has cost `charged` of them; `None` if that many are not
    /// open.
    #[must_use]
    pub fn settle(self, taken: Units, charged: u32) -> Option<Self> {
        let returned = taken.get().checked_sub(charged)?;
        Some(Self {
            left: self.left.checked_add(returned)?,
            open: self.open.checked_sub(taken.get())?,
            charged: self.charged.checked_add(charged)?,
        })
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
            for (taken, cost) in calls {
                let taken = units(taken);
                let Some(drawn) = balance.take(taken) else {
                    prop_assert!(balance.left().get() < taken.get());
                    continue;
                };
                balance = drawn;
                if let Some(cost) = cost {
                    match balance.settle(taken, cost) {
                        Some(settled) => balance = settled,
                        None => prop_assert!(cost > taken.get()),
                    }
                }
                let [left, open, charged] =
                    [balance.left(), balance.open(), balance.charged()].map(Stock::get);
                prop_assert_eq!(Balance::new(bought, left, open, charged), Ok(balance));
            }
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
            let used = u32::try_from(bought).unwrap() - left;
            let balance = Balance::new(units(bought), left, 0, used).unwrap();
            assert_eq!(balance.is_low(), is_low, "{left} of {bought}");
        }
    }

    #[test]
    fn a_balance_that_does_not_add_up_is_no_balance() {
        let error = Balance::new(units(10), 5, 4, 2).unwrap_err();
        let text = "5 units left, 4 open and 2 charged are not the 10 that were bought";
        assert_eq!(error.to_string(), text);
        assert!(Balance::new(units(1), u32::MAX, 2, 0).is_err());
    }
}
