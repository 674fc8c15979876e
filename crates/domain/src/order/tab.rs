use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::id::AccountId;
use crate::money::Money;
use crate::time::Timestamp;

/// Payment method of an order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum PaymentRoute {
    /// Fulfilled immediately; its total goes on the buyer's tab.
    Tab,
    /// Paid through the provider's checkout before it is fulfilled.
    Checkout,
}

/// Amount that a buyer owes for small orders fulfilled before payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tab {
    /// The buyer.
    pub buyer_id: AccountId,
    /// Amount owed, zero or more.
    pub open: Money,
    /// Time of the oldest order on the tab that no payment has cleared, UTC; `None` if nothing is owed.
    pub owed_since: Option<Timestamp>,
    /// Whether any payment of the buyer's has arrived and is not lost to a dispute: see
    /// [`earns_credit`](crate::payment::earns_credit).
    pub has_paid: bool,
}
