use serde::{Serialize, Serializer};
use udam_domain::gateway::AccessKey;
use udam_domain::id::{ListingId, OrderId, TokenId};
use udam_domain::listing::{ApiKey, ServiceName};
use udam_domain::time::Timestamp;
use udam_domain::token::{Access, Token};
use utoipa::ToSchema;

use super::access::Access as AccessMode;
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
    /// Access that it grants.
    #[schema(value_type = schemas::AccessMode)]
    access: &'static str,
    /// Number of units that can be used; `null` unless `access` is `gateway`, as are the next three.
    #[schema(minimum = 0, required = true, example = json!(null))]
    units_left: Option<u32>,
    /// Number of units that calls have taken which have not ended.
    #[schema(minimum = 0, required = true, example = json!(null))]
    units_open: Option<u32>,
    /// Number of units that calls have cost.
    #[schema(minimum = 0, required = true, example = json!(null))]
    units_charged: Option<u32>,
    /// Version of the listing's terms that it was bought under, and that its calls are made under.
    #[schema(minimum = 1, required = true, example = json!(null))]
    terms_version: Option<u32>,
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
        let of_gateway = token.gateway.map(|gateway| gateway.units);
        Self {
            status: token.status(now).into(),
            id: token.id,
            order_id: token.order_id,
            listing_id: token.listing_id,
            service_name: token.service_name,
            units: token.units.get(),
            access: AccessMode::by(token.gateway.as_ref()).into(),
            units_left: of_gateway.map(|units| units.left().get()),
            units_open: of_gateway.map(|units| units.open().get()),
            units_charged: of_gateway.map(|units| units.charged().get()),
            terms_version: token.gateway.map(|gateway| gateway.terms.get()),
            expires_at: token.expires_at,
            created_at: token.created_at,
            endpoint_changed_at: changes.endpoint_at,
            key_changed_at: changes.key_at,
        }
    }
}

/// The access that a token grants.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccessResponse {
    /// The seller's key or, with an `access` of `gateway`, the token's first access key, which stands for it.
    #[serde(serialize_with = "revealed")]
    #[schema(value_type = String, example = "sk_live_0123456789")]
    api_key: RevealedKey,
    /// Address of the service, or the address at which it is called through the gateway.
    #[schema(required = true, example = "https://api.example.com/v1")]
    endpoint_url: Option<String>,
    /// Kind of access.
    #[schema(value_type = schemas::AccessMode)]
    access: &'static str,
}

/// A key that is shown.
enum RevealedKey {
    Seller(ApiKey),
    Access(AccessKey),
}

fn revealed<S: Serializer>(key: &RevealedKey, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match key {
        RevealedKey::Seller(key) => key.expose(),
        RevealedKey::Access(key) => key.expose(),
    })
}

impl AccessResponse {
    /// The access, which is at `gateway_address` if it is through the gateway.
    pub(crate) fn new(access: Access, gateway_address: impl FnOnce(ListingId) -> String) -> Self {
        match access {
            Access::Service {
                api_key,
                endpoint_url,
            } => Self {
                api_key: RevealedKey::Seller(api_key),
                endpoint_url: endpoint_url.map(|endpoint| endpoint.to_string()),
                access: AccessMode::Key.into(),
            },
            Access::Gateway {
                listing_id,
                access_key,
            } => Self {
                api_key: RevealedKey::Access(access_key),
                endpoint_url: Some(gateway_address(listing_id)),
                access: AccessMode::Gateway.into(),
            },
        }
    }
}
