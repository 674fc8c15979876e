use udam_domain::listing::{
    ApiKey, Description, EndpointUrl, ListingDetails, Price, ServiceName, UnitDescription,
};
use udam_domain::marketplace::PublishListing;
use udam_domain::money::Currency;
use udam_domain::units::Stock;
use utoipa::ToSchema;

use super::schemas;
use crate::fields::{Fields, FromFields, Recorded};
use crate::reading::{count, price, secret, settlement, text};
use crate::settings::WireRules;

/// Request to publish a listing.
#[derive(Debug, ToSchema)]
pub(crate) struct PublishListingBody {
    /// Name of the service.
    #[schema(value_type = schemas::ServiceName)]
    service_name: ServiceName,
    /// Description of the service.
    #[schema(value_type = Option<schemas::Description>)]
    description: Option<Description>,
    /// Address of the service.
    #[schema(value_type = Option<schemas::EndpointUrl>)]
    endpoint_url: Option<EndpointUrl>,
    /// The key that opens it.
    #[schema(value_type = schemas::ApiKey)]
    api_key: ApiKey,
    /// Price of one unit.
    #[schema(value_type = schemas::Price)]
    price_per_unit: Price,
    /// The currency of the price: the one that the marketplace settles in, said or unsaid.
    #[schema(value_type = Option<schemas::SettlementCurrency>)]
    #[expect(dead_code, reason = "once it is read it can only be the one currency")]
    currency: Option<Currency>,
    /// What a buyer gets for one unit, as one line.
    #[schema(value_type = schemas::UnitDescription)]
    unit_description: UnitDescription,
    /// Number of units for sale.
    #[schema(value_type = schemas::Stock)]
    available_units: Stock,
}

impl FromFields for PublishListingBody {
    fn from_fields(fields: &mut Fields, rules: WireRules) -> Result<Self, Recorded> {
        let service_name = fields.required("service_name", text);
        let description = fields.optional("description", text);
        let endpoint_url = fields.optional("endpoint_url", text);
        let api_key = fields.required("api_key", secret(ApiKey::new));
        let price_per_unit = fields.required("price_per_unit", price(rules.currency));
        let currency = fields.optional("currency", settlement(rules.currency));
        let unit_description = fields.required("unit_description", text);
        let available_units = fields.required("available_units", count);
        Ok(Self {
            service_name: service_name?,
            description: description?,
            endpoint_url: endpoint_url?,
            api_key: api_key?,
            price_per_unit: price_per_unit?,
            currency: currency?,
            unit_description: unit_description?,
            available_units: available_units?,
        })
    }
}

impl From<PublishListingBody> for PublishListing {
    fn from(body: PublishListingBody) -> Self {
        Self {
            details: ListingDetails {
                service_name: body.service_name,
                description: body.description,
                endpoint_url: body.endpoint_url,
                price_per_unit: body.price_per_unit,
                unit_description: body.unit_description,
            },
            api_key: body.api_key,
            units: body.available_units,
        }
    }
}
