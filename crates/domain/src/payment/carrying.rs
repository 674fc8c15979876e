use super::charge::ChargeState;
use crate::id::{ChargeId, OrderId};
use crate::money::Money;
use crate::order::{Order, TabCarrier};
use crate::time::Timestamp;

/// An order on a tab: fulfilled, and cleared by no payment so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TabOrder {
    /// The order.
    pub order: Order,
    /// The open charge that carries it; `None` if none does.
    pub carried_by: Option<TabCarrier>,
}

/// A charge that carries a part of a tab, as its buyer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarryingCharge {
    /// Its identifier.
    pub id: ChargeId,
    /// The order that it is for; `None` if it is for the tab alone.
    pub order_id: Option<OrderId>,
    /// The sum of the small orders that it carries, as of its making; more than zero.
    pub tab: Money,
    /// All that it asks for: its order and the tab.
    pub total: Money,
    /// Its state.
    pub state: ChargeState,
    /// URL of the checkout; `None` unless it is open and has a session.
    pub payment_url: Option<String>,
    /// Time at which its checkout session ends, UTC.
    pub expires_at: Timestamp,
    /// Time at which its payment was applied, UTC; `None` until then.
    pub paid_at: Option<Timestamp>,
}

impl CarryingCharge {
    /// The payment that carries the tab.
    #[must_use]
    pub fn carrier(&self) -> TabCarrier {
        TabCarrier::of(self.order_id)
    }
}
