use serde::Serialize;
use udam_domain::administration::{ChargeFacts, OrderStory, TokenFacts};
use udam_domain::id::{ChargeId, ListingId, OrderId, TokenId};
use udam_domain::listing::ServiceName;
use udam_domain::money::{Currency, Money};
use udam_domain::order::{OrderState, PaymentRoute};
use udam_domain::payment::{ChargeState, ProviderReference};
use udam_domain::time::Timestamp;
use udam_domain::token::TokenStatus;
use utoipa::ToSchema;

use super::history::{HistoryResponse, PartyResponse};
use super::{as_text, as_text_or_null, schemas};

/// An order as operators see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderStoryResponse {
    /// Its identifier.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::OrderId)]
    id: OrderId,
    /// Its buyer.
    buyer: PartyResponse,
    /// Its seller.
    seller: PartyResponse,
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
    /// Price of one unit.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    price_per_unit: Money,
    /// Total price.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    total_price: Money,
    /// Amount that has gone back through the payment provider.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    refunded_amount: Money,
    /// Currency of the amounts.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Currency)]
    currency: Currency,
    /// Route of payment.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::PaymentRoute)]
    paid_by: PaymentRoute,
    /// Its state.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::OrderStatus)]
    status: OrderState,
    /// Time until which its units are held; `null` unless it awaits payment.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    held_until: Option<Timestamp>,
    /// Time at which it was placed.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    created_at: Timestamp,
    /// Time at which its payment arrived.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    paid_at: Option<Timestamp>,
    /// Time at which it expired, was canceled or was refunded.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    closed_at: Option<Timestamp>,
    /// The payment that it belongs to; `null` of an order that is on the tab alone.
    #[schema(required = true)]
    payment: Option<PaymentFactsResponse>,
    /// Its token; `null` until it is fulfilled.
    #[schema(required = true)]
    token: Option<TokenFactsResponse>,
    /// Events of the order, its payment and its token, the newest first.
    history: HistoryResponse,
}

/// A payment as operators see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaymentFactsResponse {
    /// Its identifier.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::ChargeId)]
    id: ChargeId,
    /// Its state.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::ChargeStatus)]
    status: ChargeState,
    /// Amount that it asks for.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    total: Money,
    /// Part of it that is for orders on the tab.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    for_the_tab: Money,
    /// Sum that the payment provider has reported as refunded.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    refunded_amount: Money,
    /// The payment provider's id of its session.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<String>, required = true, example = "cs_test_1")]
    session: Option<ProviderReference>,
    /// The payment provider's id of its payment.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<String>, required = true, example = "pi_3OqZ")]
    reference: Option<ProviderReference>,
    /// Whether its session may still be paid.
    may_be_paid: bool,
    /// Time at which it was made.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    created_at: Timestamp,
    /// End of its session.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    expires_at: Timestamp,
    /// Time at which it was paid.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    paid_at: Option<Timestamp>,
}

/// A token as operators see it. What it opens is not part of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenFactsResponse {
    /// Its identifier.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::TokenId)]
    id: TokenId,
    /// Its status.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::TokenStatus)]
    status: TokenStatus,
    /// Number of its units.
    #[schema(value_type = schemas::UnitCount)]
    units: u32,
    /// Units that are left; `null` of a token that was not used through the gateway.
    #[schema(required = true, example = 2)]
    units_left: Option<u32>,
    /// Time at which it was issued.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    created_at: Timestamp,
    /// Its end.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    expires_at: Timestamp,
    /// Time at which it was first revealed.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    revealed_at: Option<Timestamp>,
}

impl OrderStoryResponse {
    /// The order as of `now`.
    pub(crate) fn new(story: OrderStory, now: Timestamp) -> Self {
        let order = story.order;
        Self {
            id: order.id,
            buyer: PartyResponse::new(order.buyer_id, story.buyer),
            seller: PartyResponse::new(order.seller_id, story.seller),
            listing_id: order.listing_id,
            service_name: order.service_name,
            units: order.units.get(),
            price_per_unit: order.price_per_unit,
            total_price: order.total,
            refunded_amount: order.refunded,
            currency: order.total.currency(),
            paid_by: order.route,
            status: order.state,
            held_until: order.lapses_at,
            created_at: order.created_at,
            paid_at: order.paid_at,
            closed_at: order.closed_at,
            payment: story.charge.map(PaymentFactsResponse::from),
            token: story
                .token
                .map(|token| TokenFactsResponse::new(&token, now)),
            history: story.history.into(),
        }
    }
}

impl From<ChargeFacts> for PaymentFactsResponse {
    fn from(charge: ChargeFacts) -> Self {
        Self {
            id: charge.id,
            status: charge.state,
            total: charge.total,
            for_the_tab: charge.tab,
            refunded_amount: charge.refunded,
            session: charge.session,
            reference: charge.payment,
            may_be_paid: charge.may_be_paid,
            created_at: charge.created_at,
            expires_at: charge.expires_at,
            paid_at: charge.paid_at,
        }
    }
}

impl TokenFactsResponse {
    fn new(token: &TokenFacts, now: Timestamp) -> Self {
        Self {
            id: token.id,
            status: token.state.status(token.expires_at, now),
            units: token.units.get(),
            units_left: token.left,
            created_at: token.created_at,
            expires_at: token.expires_at,
            revealed_at: token.revealed_at,
        }
    }
}
