use crate::money::{Currency, Money};
use crate::order::Tab;
use crate::time::SignedDuration;

use super::Verification;

/// Limits of tabs that no payment has shown to be good, besides the limit of every tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditTerms {
    /// Most that the tab of a buyer who has never paid may stand at, inclusive. Above the limit of all tabs, it
    /// has no effect.
    pub new_tab_limit: Money,
    /// Most that such buyers of one network may put on their tabs in a day, UTC, all together. `None` if
    /// networks are not counted.
    pub new_tabs_per_network: Option<Money>,
    /// Time from the oldest unpaid order of a tab, after which the tab takes no more orders.
    pub tab_due: SignedDuration,
    /// Whether a tab needs a verified address.
    pub verification: Verification,
}

/// Most that tabs may stand at, inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TabLimits {
    /// The tab of any buyer.
    pub any: Money,
    /// The tab of a buyer who has never paid.
    pub new: Money,
}

impl TabLimits {
    /// Returns the limit of a tab.
    #[must_use]
    pub const fn of(&self, tab: &Tab) -> Money {
        if tab.has_paid { self.any } else { self.new }
    }
}

impl CreditTerms {
    /// Terms that trust every buyer, for as long as it takes.
    #[must_use]
    pub const fn unlimited(currency: Currency) -> Self {
        Self {
            new_tab_limit: Money::new(i64::MAX, currency),
            new_tabs_per_network: None,
            tab_due: SignedDuration::MAX,
            verification: Verification::Impossible,
        }
    }
}
