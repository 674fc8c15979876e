use serde::Serialize;
use udam_domain::id::{ChargeId, ListingId, OrderId};
use udam_domain::listing::ServiceName;
use udam_domain::money::{Currency, Money};
use udam_domain::order::TabCarrier;
use udam_domain::payment::{CarryingCharge, TabOrder};
use udam_domain::time::Timestamp;
use utoipa::ToSchema;

use super::{as_text, as_text_or_null, schemas};

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
    /// Unfinished payments that include a part of the tab, the oldest first.
    checkouts: Vec<TabCheckoutResponse>,
}

/// An unfinished payment that includes a part of the tab.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TabCheckoutResponse {
    /// The order that it is for; `null` if it is for the tab alone.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::OrderId>, required = true)]
    order_id: Option<OrderId>,
    /// Part of the tab that it includes.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    amount: Money,
    /// All that it asks for.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    total: Money,
    /// URL of the provider's page; `null` until the provider has answered.
    #[schema(
        required = true,
        example = "https://checkout.stripe.com/c/pay/cs_test_1"
    )]
    payment_url: Option<String>,
    /// Time at which it ends.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    expires_at: Timestamp,
}

/// An order on the tab.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TabOrderResponse {
    /// The order.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::OrderId)]
    order_id: OrderId,
    /// The listing that was ordered.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::ListingId)]
    listing_id: ListingId,
    /// Name of the listing's service.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, example = "Weather")]
    service_name: ServiceName,
    /// Number of units.
    #[schema(value_type = schemas::UnitCount)]
    units: u32,
    /// Amount that is owed for it.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    amount: Money,
    /// The currency of the amount.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Currency)]
    currency: Currency,
    /// Time at which it was placed.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    created_at: Timestamp,
    /// The unfinished payment that includes it; `null` if none does.
    #[schema(required = true)]
    included_in: Option<IncludedInResponse>,
}

/// The unfinished payment that includes an order on the tab.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IncludedInResponse {
    /// The order that the payment is for; `null` if it is for the tab alone.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::OrderId>, required = true)]
    order_id: Option<OrderId>,
}

/// A payment of the tab, alone or together with an order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TabPaymentResponse {
    /// Its identifier.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::ChargeId)]
    id: ChargeId,
    /// The order that was paid with it; `null` if the tab was paid alone.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::OrderId>, required = true)]
    order_id: Option<OrderId>,
    /// Part that was paid for the tab.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    amount: Money,
    /// All that was paid.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    total: Money,
    /// The currency of both.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Currency)]
    currency: Currency,
    /// Time at which the payment arrived.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    paid_at: Option<Timestamp>,
}

impl TabResponse {
    /// A tab that stands at `open` and may reach `limit`.
    pub(crate) fn new(open: Money, limit: Money, checkouts: Vec<CarryingCharge>) -> Self {
        Self {
            open,
            limit,
            currency: limit.currency(),
            checkouts: checkouts.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<CarryingCharge> for TabCheckoutResponse {
    fn from(charge: CarryingCharge) -> Self {
        Self {
            order_id: charge.order_id,
            amount: charge.tab,
            total: charge.total,
            payment_url: charge.payment_url,
            expires_at: charge.expires_at,
        }
    }
}

impl From<TabOrder> for TabOrderResponse {
    fn from(TabOrder { order, carried_by }: TabOrder) -> Self {
        Self {
            order_id: order.id,
            listing_id: order.listing_id,
            service_name: order.service_name,
            units: order.units.get(),
            amount: order.total,
            currency: order.total.currency(),
            created_at: order.created_at,
            included_in: carried_by.map(|carrier| IncludedInResponse {
                order_id: match carrier {
                    TabCarrier::Order(id) => Some(id),
                    TabCarrier::Tab => None,
                },
            }),
        }
    }
}

impl From<CarryingCharge> for TabPaymentResponse {
    fn from(charge: CarryingCharge) -> Self {
        Self {
            id: charge.id,
            order_id: charge.order_id,
            amount: charge.tab,
            total: charge.total,
            currency: charge.tab.currency(),
            paid_at: charge.paid_at,
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
