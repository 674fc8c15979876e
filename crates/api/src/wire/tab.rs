use serde::Serialize;
use udam_domain::money::{Currency, Money};
use utoipa::ToSchema;

use super::{as_text, schemas};

/// A buyer's tab for small orders.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TabResponse {
    /// Amount that is owed.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    open: Money,
    /// Largest amount that may be owed.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    limit: Money,
    /// The currency of both.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Currency)]
    currency: Currency,
}

impl TabResponse {
    /// A tab that stands at `open` and may reach `limit`.
    pub(crate) const fn new(open: Money, limit: Money) -> Self {
        Self {
            open,
            limit,
            currency: limit.currency(),
        }
    }
}

/// Confirmation that an event has arrived.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReceivedResponse {
    /// Always `true`.
    #[schema(example = true)]
    pub received: bool,
}

/// URL of the provider's page.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaymentUrlResponse {
    /// The provider's page.
    #[schema(example = "https://checkout.stripe.com/c/pay/cs_test_1")]
    pub payment_url: String,
}
