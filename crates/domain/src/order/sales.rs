use std::collections::HashMap;

use super::Order;
use crate::account::AccountName;
use crate::money::{Currency, Money};
use crate::time::{Date, Timestamp, start_of};

/// An order, as its seller sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sale {
    /// The order.
    pub order: Order,
    /// Public name of its buyer, as it is now.
    pub buyer: AccountName,
}

/// A period of sales, by the times at which their orders were placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SalesPeriod {
    /// Its first instant, UTC; `None` if it has no beginning.
    pub from: Option<Timestamp>,
    /// The first instant after it, UTC; `None` if it has no end.
    pub before: Option<Timestamp>,
}

impl SalesPeriod {
    /// The period from the first of these days, UTC, to the end of the last. `None` = no such day.
    #[must_use]
    pub fn of_days(first: Option<Date>, last: Option<Date>) -> Self {
        // The day after the last one there is does not begin.
        let day_after = last.and_then(|last| last.tomorrow().ok());
        Self {
            from: first.map(start_of),
            before: day_after.map(start_of).filter(|at| *at > Timestamp::MIN),
        }
    }

    /// Whether an order that was placed at this time is in the period.
    #[must_use]
    pub fn contains(&self, placed_at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= placed_at)
            && self.before.is_none_or(|before| placed_at < before)
    }
}

/// Sales of a seller on one day: of the orders placed on it, whenever they were paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailySales {
    /// Day, in UTC.
    pub day: Date,
    /// Units of those orders that [are sold](super::OrderState::is_sold) now.
    pub units: u64,
    /// Sum of the totals of those orders whose state [is revenue](super::OrderState::is_revenue) now.
    pub revenue: Money,
}

impl DailySales {
    /// A day on which nothing was sold.
    #[must_use]
    pub const fn none(day: Date, currency: Currency) -> Self {
        Self {
            day,
            units: 0,
            revenue: Money::zero(currency),
        }
    }

    /// The sales of each of these days, of which `sold` has those that there were any on.
    pub(crate) fn on_each(days: Vec<Date>, sold: Vec<Self>, currency: Currency) -> Vec<Self> {
        let sold: HashMap<Date, Self> = sold.into_iter().map(|sales| (sales.day, sales)).collect();
        days.into_iter()
            .map(|day| match sold.get(&day) {
                Some(sales) => *sales,
                None => Self::none(day, currency),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_of_days_includes_both() {
        let period = SalesPeriod::of_days(Some(day("2028-02-28")), Some(day("2028-02-29")));
        for (instant, is_in) in [
            ("2028-02-27T23:59:59.999999Z", false),
            ("2028-02-28T00:00:00Z", true),
            ("2028-02-29T23:59:59.999999Z", true),
            ("2028-03-01T00:00:00Z", false),
        ] {
            assert_eq!(period.contains(at(instant)), is_in, "{instant}");
        }
    }

    #[test]
    fn a_period_without_days_has_no_bounds() {
        let always = SalesPeriod::of_days(None, None);
        assert_eq!(always, SalesPeriod::default());
        assert!(always.contains(Timestamp::MIN) && always.contains(Timestamp::MAX));
        for last in [Date::MAX, Date::MAX.yesterday().unwrap()] {
            let to_the_end = SalesPeriod::of_days(None, Some(last));
            assert!(to_the_end.contains(Timestamp::MAX), "{last}");
        }
        let from_the_beginning = SalesPeriod::of_days(Some(Date::MIN), None);
        assert!(from_the_beginning.contains(Timestamp::MIN));
    }
}
