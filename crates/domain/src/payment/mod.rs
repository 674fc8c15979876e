//! How orders are paid for.
//!
//! A [`Charge`] is what a buyer is asked to pay in one go: an order, and with it the small orders that
//! are open on the tab. What the provider says becomes a [`PaymentEvent`]; [`settle`] says what a
//! payment comes to, whatever has happened to the orders meanwhile.

mod charge;
mod event;
mod settlement;

pub use charge::{
    Charge, ChargeState, ChargedOrder, CheckoutSession, ProviderReference, RefundDue,
    SMALLEST_CHARGE_MINOR, SessionReport, SessionStatus,
};
pub use event::{EventId, Payment, PaymentEvent, PaymentEventKind};
pub use settlement::{CarriedOrder, ChargeSnapshot, OwnOrder, Settled, Settlement, settle};

use crate::id::AccountId;
use crate::money::{Money, MoneyError};

/// Which way an order is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentRoute {
    /// Served at once; what it costs goes on the buyer's tab.
    Tab,
    /// Paid through the provider's checkout before it is served.
    Checkout,
}

impl PaymentRoute {
    /// Every one there is.
    pub const ALL: [Self; 2] = [Self::Tab, Self::Checkout];

    /// The name that storage and clients know it by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tab => "tab",
            Self::Checkout => "checkout",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }
}

/// What a buyer owes for small orders that were served at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tab {
    /// Whose it is.
    pub buyer_id: AccountId,
    /// What is owed.
    pub open: Money,
}

impl Tab {
    /// What the tab would stand at with `total` on it, if that is within `limit`.
    ///
    /// # Errors
    /// When the currencies differ or the sum does not fit.
    pub fn with(self, total: Money, limit: Money) -> Result<Option<Money>, MoneyError> {
        let open = self.open.checked_add(total)?;
        Ok(open.compare(limit)?.is_le().then_some(open))
    }
}
