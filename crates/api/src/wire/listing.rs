//! Listings on the wire: the bodies that publish and edit them, and the responses. One file, as a field of a listing
//! is in all of them.

#[cfg(test)]
mod tests;

use serde::Serialize;
use udam_domain::account::AccountName;
use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::{
    ApiKey, Change, Description, DetailsEdit, EndpointUrl, Listing, ListingDetails, ListingEdit,
    OwnListing, Seller, ServiceName, StockChange, UnitDescription,
};
use udam_domain::marketplace::PublishListing;
use udam_domain::money::{Currency, Money};
use udam_domain::time::Timestamp;
use udam_domain::units::Units;
use utoipa::ToSchema;

use super::{as_text, as_text_or_null, schemas};
use crate::fields::{Fields, FromFields, Recorded};
use crate::reading::{count, flag, price, secret, settlement, text, variant};
use crate::settings::WireRules;

/// Fields of a request to publish a listing, for the OpenAPI document.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes what is read below")]
pub(crate) struct PublishListingBody {
    /// Name of the service.
    service_name: schemas::ServiceName,
    /// Description of the service.
    description: Option<schemas::Description>,
    /// Address of the service.
    endpoint_url: Option<schemas::EndpointUrl>,
    /// API key that grants access to the service.
    api_key: schemas::ApiKey,
    /// Price of one unit.
    price_per_unit: schemas::Price,
    /// Currency of the price. It can only be the one that the marketplace settles in, which is the default.
    currency: Option<schemas::SettlementCurrency>,
    /// Meaning of one unit, as one line.
    unit_description: schemas::UnitDescription,
    /// Number of units for sale.
    available_units: schemas::Stock,
    /// Whether every order is paid before it is fulfilled, however small. By default small orders are fulfilled
    /// at once, and go on their buyers' tabs.
    pay_first: Option<bool>,
    /// Largest number of units of one order. By default there is no limit but that of all orders.
    max_units_per_order: Option<schemas::Units>,
}

impl FromFields for PublishListing {
    fn from_fields(fields: &mut Fields, rules: WireRules) -> Result<Self, Recorded> {
        let service_name = fields.required("service_name", text);
        let description = fields.optional("description", text);
        let endpoint_url = fields.optional("endpoint_url", text);
        let api_key = fields.required("api_key", secret(ApiKey::new));
        let price_per_unit = fields.required("price_per_unit", price(rules.currency));
        let currency = fields.optional("currency", settlement(rules.currency));
        let unit_description = fields.required("unit_description", text);
        let available_units = fields.required("available_units", count);
        let pay_first = fields.optional("pay_first", flag);
        let max_units_per_order = fields.optional("max_units_per_order", count);
        // Once read, it can only be the one currency.
        currency?;
        Ok(Self {
            details: ListingDetails {
                service_name: service_name?,
                description: description?,
                endpoint_url: endpoint_url?,
                price_per_unit: price_per_unit?,
                unit_description: unit_description?,
                pay_first: pay_first?.unwrap_or_default(),
                max_units_per_order: max_units_per_order?,
            },
            api_key: api_key?,
            units: available_units?,
        })
    }
}

/// Changes a listing. What is left out stays as it is.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes what is read below")]
pub(crate) struct EditListingBody {
    /// Name of the service.
    #[schema(required = false)]
    service_name: schemas::ServiceName,
    /// Description of the service; `null` clears it.
    description: Option<schemas::Description>,
    /// Address of the service; `null` clears it.
    endpoint_url: Option<schemas::EndpointUrl>,
    /// API key that replaces the old one, for existing buyers as well.
    #[schema(required = false)]
    api_key: schemas::ApiKey,
    /// Price of one unit. Orders already placed keep theirs.
    #[schema(required = false)]
    price_per_unit: schemas::Price,
    /// Currency of the price. It can only be the one that the marketplace settles in.
    #[schema(required = false)]
    currency: schemas::SettlementCurrency,
    /// Meaning of one unit, as one line.
    #[schema(required = false)]
    unit_description: schemas::UnitDescription,
    /// Whether every later order is paid before it is fulfilled, however small.
    #[schema(required = false)]
    pay_first: bool,
    /// Largest number of units of one later order; `null` clears it.
    max_units_per_order: Option<schemas::Units>,
    /// Number of units for sale from now on. Not together with `add_units`.
    #[schema(required = false)]
    available_units: schemas::Stock,
    /// Number of units to add. Not together with `available_units`.
    #[schema(required = false)]
    add_units: schemas::Stock,
    /// Whether it is on sale.
    #[schema(required = false)]
    status: schemas::ListingState,
}

impl FromFields for ListingEdit<ApiKey> {
    fn from_fields(fields: &mut Fields, rules: WireRules) -> Result<Self, Recorded> {
        let service_name = fields.change("service_name", text);
        let description = fields.clearable("description", text);
        let endpoint_url = fields.clearable("endpoint_url", text);
        let api_key = fields.change("api_key", secret(ApiKey::new));
        let price_per_unit = fields.change("price_per_unit", price(rules.currency));
        let currency = fields.change("currency", settlement(rules.currency));
        let unit_description = fields.change("unit_description", text);
        let pay_first = fields.change("pay_first", flag);
        let max_units_per_order = fields.clearable("max_units_per_order", count);
        let available_units = fields.change("available_units", count);
        let add_units = fields.change("add_units", count);
        let status = fields.change("status", variant);
        if let (Ok(Change::To(_)), Ok(Change::To(_))) = (&available_units, &add_units) {
            fields.reject(
                "add_units",
                "must not be given together with available_units",
            );
        }
        // Once read, it can only be the one currency.
        currency?;
        Ok(Self {
            details: DetailsEdit {
                service_name: service_name?,
                description: description?,
                endpoint_url: endpoint_url?,
                price_per_unit: price_per_unit?,
                unit_description: unit_description?,
                pay_first: pay_first?,
                max_units_per_order: max_units_per_order?,
            },
            stock: match (available_units?, add_units?) {
                (Change::To(units), _) => StockChange::Set(units),
                (Change::Keep, Change::To(units)) => StockChange::Add(units),
                (Change::Keep, Change::Keep) => StockChange::Keep,
            },
            state: status?,
            key: api_key?,
        })
    }
}

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
    /// Address of the service.
    #[serde(serialize_with = "as_text_or_null")]
    #[schema(value_type = Option<String>, required = true, example = "https://api.example.com/v1")]
    endpoint_url: Option<EndpointUrl>,
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

/// A listing, as its seller sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnListingResponse {
    /// The public part.
    #[serde(flatten)]
    listing: ListingResponse,
    /// Units of fulfilled orders, and of refunded ones whose units have not gone back on sale.
    #[schema(minimum = 0, example = 12)]
    units_sold: u64,
    /// Total of fulfilled orders.
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
            pay_first: listing.details.pay_first,
            max_units_per_order: listing.details.max_units_per_order.map(Units::get),
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
