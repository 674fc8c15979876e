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
    /// It waits to be paid.
    Open,
    /// It was paid.
    Paid,
    /// It is no longer asked for: it expired, failed, or its order ended. It may be paid all the same.
    Closed,
}

/// What a buyer is asked to pay in one go. Its amounts never change once it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Its identifier, which the provider is told.
    pub id: ChargeId,
    /// Who pays.
    pub buyer_id: AccountId,
    /// The order it is for, unless it only settles a tab.
    pub order: Option<ChargedOrder>,
    /// The small orders it carries, together; zero when there are none.
    pub tab: Money,
    /// When the provider stops asking for it.
    pub expires_at: Timestamp,
    /// Where it is paid, once the provider has been told.
    pub session: Option<CheckoutSession>,
}

impl Charge {
    /// All that it asks for.
    ///
    /// # Errors
    /// When the amounts do not add up to one.
    pub fn total(&self) -> Result<Money, MoneyError> {
        match &self.order {
            Some(order) => order.total.checked_add(self.tab),
            None => Ok(self.tab),
        }
    }
}

/// What a charge says of the order it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargedOrder {
    /// The order.
    pub id: OrderId,
    /// What the service is called.
    pub service_name: ServiceName,
    /// How many units.
    pub units: Units,
    /// What they cost.
    pub total: Money,
}

/// A page of the provider's on which a charge is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckoutSession {
    /// The provider's name for it.
    pub reference: ProviderReference,
    /// Where to send the buyer.
    pub url: String,
}

/// What the provider says of a session when asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionReport {
    /// The charge it was opened for, if it says one of ours.
    pub charge_id: Option<ChargeId>,
    /// Its reference.
    pub reference: ProviderReference,
    /// Where it stands.
    pub status: SessionStatus,
}

/// Where a session stands at the provider.
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

/// Money that has to go back through the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundDue {
    /// Its identifier, under which the provider gives it back once.
    pub id: RefundId,
    /// The charge it comes out of.
    pub charge_id: ChargeId,
    /// The provider's name for the payment.
    pub payment: ProviderReference,
    /// How much.
    pub amount: Money,
}
