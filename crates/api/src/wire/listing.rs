//! Bodies that publish and edit listings. A field of a listing is also in the responses, in `listing_response`.

#[cfg(test)]
mod tests;

use udam_domain::listing::{ApiKey, Change, DetailsEdit, ListingDetails, ListingEdit, StockChange};
use udam_domain::marketplace::PublishListing;
use utoipa::ToSchema;

use super::gateway_terms::{self, GatewayTermsBody};
use super::schemas;
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
    /// Access that buyers have. By default, they are shown the key.
    access: Option<schemas::AccessMode>,
    /// Terms of calls, with an `access` of `gateway`; each has a default. The service then needs an `endpoint_url` of
    /// https, without variables, query and fragment, which is not shown to anyone else.
    gateway: Option<GatewayTermsBody>,
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
        let gateway = gateway_terms::published(fields, rules);
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
                gateway: gateway?,
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
    /// Access of later orders. Units that were sold keep the access and the terms that they were sold on.
    #[schema(required = false)]
    access: schemas::AccessMode,
    /// All terms of calls of later orders, with an `access` of `gateway`. A term that is left out gets its default.
    gateway: Option<GatewayTermsBody>,
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
        let gateway = gateway_terms::edited(fields, rules);
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
                gateway: gateway?,
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
