use serde::Serialize;
use udam_domain::account::AccountName;
use udam_domain::id::{AccountId, ListingId, OrderId, TokenId};
use udam_domain::listing::{Price, ServiceName};
use udam_domain::money::{Currency, Money};
use udam_domain::order::{Order, OrderState, ReturnedUnits, Sale};
use udam_domain::time::Timestamp;
use udam_domain::units::Units;
use utoipa::ToSchema;

use super::{as_text, as_text_or_null, schemas};
use crate::fields::{Fields, FromFields, Recorded};
use crate::reading::{count, flag, price, text};
use crate::settings::WireRules;

/// Request to buy units of a listing.
#[derive(Debug, ToSchema)]
pub(crate) struct PlaceOrderBody {
    /// The listing.
    #[schema(value_type = schemas::ListingId)]
    pub listing_id: ListingId,
    /// Number of units.
    #[schema(value_type = schemas::Units)]
    pub units_requested: Units,
    /// Price of one unit as you were shown it. If a unit costs anything else by now, nothing is ordered. By
    /// default any price is accepted.
    #[schema(value_type = Option<schemas::Price>)]
    pub expected_price_per_unit: Option<Money>,
}

impl FromFields for PlaceOrderBody {
    fn from_fields(fields: &mut Fields, rules: WireRules) -> Result<Self, Recorded> {
        let listing_id = fields.required("listing_id", text);
        let units_requested = fields.required("units_requested", count);
        let expected_price = fields.optional("expected_price_per_unit", price(rules.currency));
        Ok(Self {
            listing_id: listing_id?,
            units_requested: units_requested?,
            expected_price_per_unit: expected_price?.map(Price::amount),
        })
    }
}

/// Request to refund an order.
#[derive(Debug, ToSchema)]
pub(crate) struct RefundBody {
    /// Whether its units are for sale again. By default they stay sold: the buyer may have used them.
    #[schema(value_type = Option<bool>)]
    pub return_units: ReturnedUnits,
}

impl FromFields for RefundBody {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Recorded> {
        let for_sale = fields.optional("return_units", flag)?.unwrap_or_default();
        let return_units = if for_sale {
            ReturnedUnits::ForSale
        } else {
            ReturnedUnits::StaySold
        };
        Ok(Self { return_units })
    }
}

/// An order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "ord_01h455vb4pex5vsknk084sn02q",
    "order_id": "ord_01h455vb4pex5vsknk084sn02q",
    "listing_id": "lst_01h455vb4pex5vsknk084sn02q",
    "service_name": "Weather",
    "units": 3,
    "price_per_unit": "2.50",
    "total_price": "7.50",
    "refunded_amount": "0.00",
    "currency": "USD",
    "status": "awaiting_payment",
    "payment_requires_confirmation": true,
    "payment_url": "https://checkout.stripe.com/c/pay/cs_test_1",
    "token_id": null,
    "paid_at": null,
    "expires_at": "2026-01-02T03:34:05.678901Z",
    "created_at": "2026-01-02T03:04:05.678901Z",
}))]
pub(crate) struct OrderResponse {
    /// Its identifier.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::OrderId)]
    id: OrderId,
    /// The same, for clients that know it by this name.
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
    /// Price of one unit when the order was placed.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    price_per_unit: Money,
    /// Price of the whole order.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    total_price: Money,
    /// Amount refunded through the payment provider.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    refunded_amount: Money,
    /// The currency of all three.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Currency)]
    currency: Currency,
    /// State of the order.
    #[schema(value_type = schemas::OrderStatus)]
    status: &'static str,
    /// Whether it awaits payment.
    payment_requires_confirmation: bool,
    /// URL of the provider's page, for the buyer alone, while the order awaits payment.
    #[schema(required = true)]
    payment_url: Option<String>,
    /// Its token, once it has been fulfilled.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::TokenId>, required = true)]
    token_id: Option<TokenId>,
    /// Time at which it was paid, alone or together with the buyer's tab; `null` until then.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    paid_at: Option<Timestamp>,
    /// Time at which its reservation lapses, while it awaits payment.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    expires_at: Option<Timestamp>,
    /// Time at which it was placed.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    created_at: Timestamp,
}

/// An order, as its seller sees it among their sales.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SaleResponse {
    /// The order.
    #[serde(flatten)]
    order: OrderResponse,
    /// Public name of the buyer.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, example = "Ada Lovelace")]
    buyer_name: AccountName,
}

impl From<Sale> for SaleResponse {
    fn from(Sale { order, buyer }: Sale) -> Self {
        let seller = order.seller_id;
        Self {
            order: OrderResponse::new(order, seller),
            buyer_name: buyer,
        }
    }
}

impl OrderResponse {
    /// The order as `viewer` sees it.
    pub(crate) fn new(order: Order, viewer: AccountId) -> Self {
        let awaits_payment = order.state == OrderState::AwaitingPayment;
        let payable = awaits_payment && order.buyer_id == viewer;
        Self {
            id: order.id,
            order_id: order.id,
            listing_id: order.listing_id,
            service_name: order.service_name,
            units: order.units.get(),
            price_per_unit: order.price_per_unit,
            total_price: order.total,
            refunded_amount: order.refunded,
            currency: order.total.currency(),
            status: order.state.into(),
            payment_requires_confirmation: awaits_payment,
            payment_url: order.payment_url.filter(|_| payable),
            token_id: order.token_id,
            paid_at: order.paid_at,
            expires_at: order.lapses_at,
            created_at: order.created_at,
        }
    }
}
