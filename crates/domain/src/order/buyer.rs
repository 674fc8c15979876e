use super::tab::Tab;
use crate::money::Money;

/// Fields of the buyer that a decision depends on, read under the tab's lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuyerSnapshot {
    /// The tab before the order.
    pub tab: Tab,
    /// Amount that buyers of the same network who have never paid have put on their tabs today, before the
    /// order; `None` if networks are not counted.
    pub network_today: Option<Money>,
    /// Whether the buyer's address is verified.
    pub is_verified: bool,
}
