use std::collections::HashMap;
use std::fmt;

use crate::id::{ListingId, OrderId};
use crate::time::Timestamp;

/// Unpaid orders of a buyer that hold units, read under the lock of the buyer's tab.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holds {
    /// Number of the buyer's orders that await payment.
    pub open: u32,
    /// Unfinished payment that carries the tab, or will; `None` if there is none.
    pub tab_carrier: Option<TabCarrier>,
    /// Holds that the buyer has let go, by listing.
    pub let_go: HashMap<ListingId, LetGo>,
}

/// An unfinished payment that carries the buyer's tab, or will.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TabCarrier {
    /// That of an order that awaits payment: its charge carries a part of the tab, or is yet to be opened.
    Order(OrderId),
    /// One of the tab alone.
    Tab,
}

impl TabCarrier {
    /// The payment of a charge for this order, or for the tab alone.
    #[must_use]
    pub fn of(order: Option<OrderId>) -> Self {
        order.map_or(Self::Tab, Self::Order)
    }
}

impl fmt::Display for TabCarrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order(id) => write!(f, "the payment of order {id}"),
            Self::Tab => f.write_str("the payment of the tab"),
        }
    }
}

/// Holds on one listing that a buyer has let go: orders that expired or were canceled unpaid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LetGo {
    /// Number of them since the buyer's last payment.
    pub count: u32,
    /// Time of the last, UTC.
    pub last_at: Timestamp,
}
