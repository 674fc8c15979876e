use std::collections::HashMap;

use crate::money::{Currency, Money};
use crate::time::Date;

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
