use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::event::Payment;
use super::reference::ProviderReference;
use crate::id::{AccountId, ChargeId, OrderId, RefundId};
use crate::listing::ServiceName;
use crate::money::{Money, MoneyError};
use crate::time::Timestamp;
use crate::units::Units;

/// The state of a charge.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum ChargeState {
    /// It can be paid.
    Open,
    /// It was paid.
    Paid,
    /// It expired, failed, or its order ended. A payment may still arrive.
    Closed,
}

/// A request to pay an order, a tab or both at once. It never changes but for its session: what a provider is
/// told about it depends on nothing else, so that a repeat says the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Its identifier, sent to the provider as metadata and idempotency key.
    pub id: ChargeId,
    /// The buyer, who pays it.
    pub buyer_id: AccountId,
    /// The order it is for, unless it only settles a tab.
    pub order: Option<ChargedOrder>,
    /// The small orders it carries, together; zero when there are none.
    pub tab: Money,
    /// End of its checkout session, UTC.
    pub expires_at: Timestamp,
    /// Its checkout session; `None` until the provider has opened one.
    pub session: Option<CheckoutSession>,
}

impl Charge {
    /// Total of the order and the tab.
    ///
    /// # Errors
    /// The amounts overflow or differ in currency.
    pub fn total(&self) -> Result<Money, MoneyError> {
        match &self.order {
            Some(order) => order.total.checked_add(self.tab),
            None => Ok(self.tab),
        }
    }
}

/// The order that a charge asks for, as described to the buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargedOrder {
    /// The order.
    pub id: OrderId,
    /// Name that the service had when the charge was made, shown on the checkout page.
    pub service_name: ServiceName,
    /// Number of units ordered.
    pub units: Units,
    /// Price of all units, in the currency of the marketplace.
    pub total: Money,
}

/// The provider's checkout session for a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckoutSession {
    /// The provider's name for it.
    pub reference: ProviderReference,
    /// Address of the provider's checkout page, for the buyer.
    pub url: String,
}

/// State of a session, as read from the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionReport {
    /// The charge it was opened for; `None` if its metadata names none of ours.
    pub charge_id: Option<ChargeId>,
    /// Its reference.
    pub reference: ProviderReference,
    /// State of the session.
    pub status: SessionStatus,
}

/// State of a session at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionStatus {
    /// It can be paid.
    Open,
    /// It was submitted, and the payment is under way.
    Processing,
    /// It was paid.
    Paid(Payment),
    /// It can no longer be paid.
    Expired,
}

/// A refund that is owed through the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundDue {
    /// Its identifier, and its idempotency key at the provider.
    pub id: RefundId,
    /// The charge whose payment it returns.
    pub charge_id: ChargeId,
    /// The provider's name for the payment.
    pub payment: ProviderReference,
    /// Amount to give back.
    pub amount: Money,
}
