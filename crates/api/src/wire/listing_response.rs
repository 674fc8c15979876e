//! Listings as they are shown: to anyone, with the quality of their services, and to their sellers.

use serde::Serialize;
use udam_domain::account::AccountName;
use udam_domain::gateway::CallQuality;
use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::{
    Description, EndpointUrl, Listing, OwnListing, Seller, ServiceName, UnitDescription,
};
use udam_domain::money::{Currency, Money};
use udam_domain::time::Timestamp;
use udam_domain::units::Units;
use utoipa::ToSchema;

use super::access::Access;
use super::gateway_terms::GatewayTermsResponse;
use super::{as_text, as_text_or_null, milliseconds, schemas};

/// A listing, as anyone may see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListingResponse {
    /// Its identifier.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::ListingId)]
    id: ListingId,
    /// The seller.
    seller: SellerResponse,
    /// Name of the service.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, example = "Weather")]
    service_name: ServiceName,
    /// Description of the service.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<String>, required = true, example = "Forecasts for every place on earth, hour by hour.")]
    description: Option<Description>,
    /// Address of the service or, with an `access` of `gateway`, the address at which it is called through the gateway.
    #[schema(required = true, example = "https://api.example.com/v1")]
    endpoint_url: Option<String>,
    /// Price of one unit.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    price_per_unit: Money,
    /// The currency of the price.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Currency)]
    currency: Currency,
    /// Meaning of one unit, as one line.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, example = "1,000 requests")]
    unit_description: UnitDescription,
    /// Number of units that can be bought now.
    #[schema(value_type = schemas::StockCount)]
    available_units: u32,
    /// Whether every order is paid before it is fulfilled, however small.
    pay_first: bool,
    /// Largest number of units of one order; `null` if there is no limit but that of all orders.
    #[schema(value_type = Option<schemas::UnitCount>, required = true)]
    max_units_per_order: Option<u32>,
    /// Access that buyers have.
    #[schema(value_type = schemas::AccessMode)]
    access: &'static str,
    /// Terms of calls; `null` unless `access` is `gateway`.
    #[schema(required = true, example = json!(null))]
    gateway: Option<GatewayTermsResponse>,
    /// Whether it can be bought.
    #[schema(value_type = schemas::ListingStatus)]
    status: &'static str,
    /// Time at which it was published.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Instant)]
    created_at: Timestamp,
}

/// The seller of a listing.
#[derive(Debug, Serialize, ToSchema)]
struct SellerResponse {
    /// The seller's account.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::AccountId)]
    id: AccountId,
    /// Public name.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, example = "Katherine Johnson")]
    name: AccountName,
}

/// A listing and how well its service has answered, as anyone may see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MeasuredListingResponse {
    /// The listing.
    #[serde(flatten)]
    listing: ListingResponse,
    /// Quality of the service, measured by the gateway over the last seven days; `null` with fewer than 100 calls.
    #[schema(required = true, example = json!(null))]
    quality: Option<QualityResponse>,
}

/// Measured quality of a service.
#[derive(Debug, Serialize, ToSchema)]
struct QualityResponse {
    /// Number of calls.
    #[schema(minimum = 100, example = 12_840)]
    calls: u64,
    /// Number of those that the service has answered to the end, with a status below 500.
    #[schema(minimum = 0, example = 12_832)]
    successes: u64,
    /// Median time to the head of an answer, in milliseconds.
    #[schema(minimum = 0, example = 48)]
    p50_ms: u64,
    /// Time to the head of an answer that 95 % of calls were below, in milliseconds.
    #[schema(minimum = 0, example = 131)]
    p95_ms: u64,
}

/// A listing, as its seller sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnListingResponse {
    /// The public part.
    #[serde(flatten)]
    listing: ListingResponse,
    /// Address of the service behind the gateway, which nobody else is shown; `null` unless `access` is `gateway`.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<String>, required = true, example = json!(null))]
    upstream_url: Option<EndpointUrl>,
    /// Units of fulfilled orders, and of refunded ones whose units have not gone back on sale.
    #[schema(minimum = 0, example = 12)]
    units_sold: u64,
    /// Total of fulfilled orders.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    revenue: Money,
}

impl ListingResponse {
    /// The listing, which is called at `gateway_address` if it is sold through the gateway.
    pub(crate) fn new(listing: Listing, gateway_address: impl FnOnce(ListingId) -> String) -> Self {
        let status = listing.status().into();
        let details = listing.details;
        let price = details.price_per_unit.amount();
        let access = Access::by(details.gateway.as_ref());
        Self {
            id: listing.id,
            seller: listing.seller.into(),
            service_name: details.service_name,
            description: details.description,
            endpoint_url: match access {
                Access::Key => details.endpoint_url.map(|endpoint| endpoint.to_string()),
                Access::Gateway => Some(gateway_address(listing.id)),
            },
            price_per_unit: price,
            currency: price.currency(),
            unit_description: details.unit_description,
            available_units: listing.available.get(),
            pay_first: details.pay_first,
            max_units_per_order: details.max_units_per_order.map(Units::get),
            access: access.into(),
            gateway: details.gateway.map(GatewayTermsResponse::from),
            status,
            created_at: listing.created_at,
        }
    }
}

impl MeasuredListingResponse {
    /// The listing with the quality of its service.
    pub(crate) fn new(listing: ListingResponse, quality: Option<CallQuality>) -> Self {
        Self {
            listing,
            quality: quality.map(QualityResponse::from),
        }
    }
}

impl OwnListingResponse {
    /// The listing, which is called at `gateway_address` if it is sold through the gateway.
    pub(crate) fn new(own: OwnListing, gateway_address: impl FnOnce(ListingId) -> String) -> Self {
        let details = &own.listing.details;
        let upstream_url = details.gateway.as_ref().and(details.endpoint_url.clone());
        Self {
            listing: ListingResponse::new(own.listing, gateway_address),
            upstream_url,
            units_sold: own.units_sold,
            revenue: own.revenue,
        }
    }
}

impl From<CallQuality> for QualityResponse {
    fn from(quality: CallQuality) -> Self {
        Self {
            calls: quality.calls,
            successes: quality.successes,
            p50_ms: milliseconds(quality.p50),
            p95_ms: milliseconds(quality.p95),
        }
    }
}

impl From<Seller> for SellerResponse {
    fn from(seller: Seller) -> Self {
        Self {
            id: seller.id,
            name: seller.name,
        }
    }
}
