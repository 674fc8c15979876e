use serde::Serialize;
use udam_domain::account::AccountName;
use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::{
    Description, EndpointUrl, Listing, OwnListing, Seller, ServiceName, UnitDescription,
};
use udam_domain::money::{Currency, Money};
use udam_domain::time::Timestamp;
use utoipa::ToSchema;

use super::{as_text, as_text_or_null, schemas};

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
    #[schema(value_type = Option<String>, required = true)]
    description: Option<Description>,
    /// Address of the service.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<String>, required = true)]
    endpoint_url: Option<EndpointUrl>,
    /// Price of one unit.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    price_per_unit: Money,
    /// The currency of the price.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Currency)]
    currency: Currency,
    /// What a buyer gets for one unit, as one line.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, example = "1,000 requests")]
    unit_description: UnitDescription,
    /// Number of units that can be bought now.
    #[schema(value_type = schemas::StockCount)]
    available_units: u32,
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
    #[schema(value_type = String, example = "Ada Lovelace")]
    name: AccountName,
}

/// A listing, as its seller sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnListingResponse {
    /// The public part.
    #[serde(flatten)]
    listing: ListingResponse,
    /// Units of fulfilled orders, less those that refunds gave back.
    #[schema(minimum = 0, example = 12)]
    units_sold: u64,
    /// Total of those orders, less refunds.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = schemas::Amount)]
    revenue: Money,
}

impl From<Listing> for ListingResponse {
    fn from(listing: Listing) -> Self {
        let status = listing.status().into();
        let price = listing.details.price_per_unit.amount();
        Self {
            id: listing.id,
            seller: listing.seller.into(),
            service_name: listing.details.service_name,
            description: listing.details.description,
            endpoint_url: listing.details.endpoint_url,
            price_per_unit: price,
            currency: price.currency(),
            unit_description: listing.details.unit_description,
            available_units: listing.available.get(),
            status,
            created_at: listing.created_at,
        }
    }
}

impl From<OwnListing> for OwnListingResponse {
    fn from(own: OwnListing) -> Self {
        Self {
            listing: own.listing.into(),
            units_sold: own.units_sold,
            revenue: own.revenue,
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
