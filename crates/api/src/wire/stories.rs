use serde::Serialize;
use udam_domain::account::{AccountName, Email};
use udam_domain::administration::{AccountStory, ListingStory, Role};
use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::{EndpointUrl, ListingState, ServiceName};
use udam_domain::money::{Currency, Money};
use udam_domain::time::Timestamp;
use utoipa::ToSchema;

use super::history::{HistoryResponse, PartyResponse};
use super::{as_text, as_text_or_null, schemas};

/// An account as operators see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountStoryResponse {
    /// Its identifier.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::AccountId)]
    id: AccountId,
    /// Its address.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, example = "katherine@example.com")]
    email: Email,
    /// Name that others see.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, example = "Katherine Johnson")]
    name: AccountName,
    /// Its role; `null` if it has none.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Role>, required = true)]
    role: Option<Role>,
    /// Time of registration.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    created_at: Timestamp,
    /// Time at which its address was verified.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    email_verified_at: Option<Timestamp>,
    /// Time from which it is suspended; `null` if it is not.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    suspended_at: Option<Timestamp>,
    /// Amount on its tab.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    tab: Money,
    /// Currency of the tab.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Currency)]
    currency: Currency,
    /// Time of the oldest order on its tab that is not paid.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    owed_since: Option<Timestamp>,
    /// Time at which its first payment arrived.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    first_paid_at: Option<Timestamp>,
    /// Actions by it and about it, the newest first.
    history: HistoryResponse,
}

impl From<AccountStory> for AccountStoryResponse {
    fn from(story: AccountStory) -> Self {
        Self {
            id: story.account.id,
            email: story.account.email,
            name: story.account.name,
            role: story.role,
            created_at: story.created_at,
            email_verified_at: story.email_verified_at,
            suspended_at: story.suspended_at,
            tab: story.tab,
            currency: story.tab.currency(),
            owed_since: story.owed_since,
            first_paid_at: story.paid_at,
            history: story.history.into(),
        }
    }
}

/// A listing as operators see it. The key of the service is no part of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListingStoryResponse {
    /// Its identifier.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::ListingId)]
    id: ListingId,
    /// Its seller.
    seller: PartyResponse,
    /// Name of the service.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, example = "Weather")]
    service_name: ServiceName,
    /// Address of the service.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<String>, required = true, example = "https://api.example.com/v1")]
    endpoint_url: Option<EndpointUrl>,
    /// Price of one unit.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    price_per_unit: Money,
    /// Currency of the price and the revenue.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Currency)]
    currency: Currency,
    /// State that its seller has set.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::ListingState)]
    state: ListingState,
    /// Whether its units are used through the gateway.
    through_gateway: bool,
    /// Time from which it is suspended by itself; `null` if it is not.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    suspended_at: Option<Timestamp>,
    /// Time from which its seller is suspended; `null` if the seller is not.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    seller_suspended_at: Option<Timestamp>,
    /// Units that can be bought.
    #[schema(value_type = schemas::StockCount)]
    available_units: u32,
    /// Units of orders that await payment.
    #[schema(value_type = schemas::StockCount)]
    held_units: u32,
    /// Units that are sold.
    #[schema(example = 12)]
    sold_units: u64,
    /// Sum of the totals of fulfilled orders.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    revenue: Money,
    /// Time of publication.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    created_at: Timestamp,
    /// Actions about it, the newest first.
    history: HistoryResponse,
}

impl From<ListingStory> for ListingStoryResponse {
    fn from(story: ListingStory) -> Self {
        Self {
            id: story.id,
            seller: PartyResponse::new(story.seller_id, story.seller),
            service_name: story.service_name,
            endpoint_url: story.endpoint_url,
            price_per_unit: story.price,
            currency: story.price.currency(),
            state: story.state,
            through_gateway: story.through_gateway,
            suspended_at: story.suspended_at,
            seller_suspended_at: story.seller_suspended_at,
            available_units: story.available.get(),
            held_units: story.held.get(),
            sold_units: story.sold,
            revenue: story.revenue,
            created_at: story.created_at,
            history: story.history.into(),
        }
    }
}
