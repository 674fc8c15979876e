use serde::{Serialize, Serializer};
use udam_domain::id::{ListingId, OrderId, TokenId};
use udam_domain::listing::{ApiKey, EndpointUrl, ServiceName};
use udam_domain::time::Timestamp;
use udam_domain::token::{Access, Token};
use utoipa::ToSchema;

use super::{as_text, as_text_or_null, schemas};

/// A token.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenResponse {
    /// Its identifier.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::TokenId)]
    id: TokenId,
    /// The order that it was issued for.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::OrderId)]
    order_id: OrderId,
    /// The listing that it grants access to.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::ListingId)]
    listing_id: ListingId,
    /// Name of the listing's service.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, example = "Weather")]
    service_name: ServiceName,
    /// Number of units that it is for.
    #[schema(value_type = schemas::UnitCount)]
    units: u32,
    /// Status of the token.
    #[schema(value_type = schemas::TokenStatus)]
    status: &'static str,
    /// Time at which it expires.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    expires_at: Timestamp,
    /// Time at which it was issued.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    created_at: Timestamp,
    /// Time at which the seller last changed the address of the service since you ordered, while the token is
    /// active: reveal it again.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    endpoint_changed_at: Option<Timestamp>,
    /// The same for the API key.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<schemas::Instant>, required = true)]
    key_changed_at: Option<Timestamp>,
}

impl TokenResponse {
    /// The token as at `now`.
    pub(crate) fn new(token: Token, now: Timestamp) -> Self {
        let changes = token.changes_to_know(now);
        Self {
            status: token.status(now).into(),
            id: token.id,
            order_id: token.order_id,
            listing_id: token.listing_id,
            service_name: token.service_name,
            units: token.units.get(),
            expires_at: token.expires_at,
            created_at: token.created_at,
            endpoint_changed_at: changes.endpoint_at,
            key_changed_at: changes.key_at,
        }
    }
}

/// The access that a token grants.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccessResponse {
    /// The seller's key.
    #[serde(serialize_with = "revealed")]
    #[schema(value_type = String, example = "sk_live_0123456789")]
    api_key: ApiKey,
    /// Address of the service.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<String>, required = true, example = "https://api.example.com/v1")]
    endpoint_url: Option<EndpointUrl>,
}

fn revealed<S: Serializer>(key: &ApiKey, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(key.expose())
}

impl From<Access> for AccessResponse {
    fn from(access: Access) -> Self {
        Self {
            api_key: access.api_key,
            endpoint_url: access.endpoint_url,
        }
    }
}
