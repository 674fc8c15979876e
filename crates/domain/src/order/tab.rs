use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::id::AccountId;
use crate::money::{Money, MoneyError};

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
}

impl Tab {
    /// The tab's sum with `total` added, if that is within `limit`.
    ///
    /// # Errors
    /// Fails if the currencies differ or the sum overflows.
    pub fn with(self, total: Money, limit: Money) -> Result<Option<Money>, MoneyError> {
        let open = self.open.checked_add(total)?;
        Ok(open.compare(limit)?.is_le().then_some(open))
    }
}
