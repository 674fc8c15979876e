use udam_domain::listing::{
    ApiKey, Change, Description, EndpointUrl, ListingEdit, ListingState, Price, ServiceName,
    StockChange, UnitDescription,
};
use udam_domain::money::Currency;
use udam_domain::units::Stock;
use utoipa::ToSchema;

use super::schemas;
use crate::fields::{Fields, FromFields, Recorded};
use crate::reading::{count, listing_state, price, secret, settlement, text};
use crate::settings::WireRules;

/// Changes a listing. What is left out stays as it is.
#[derive(Debug, ToSchema)]
pub(crate) struct EditListingBody {
    /// Name of the service.
    #[schema(value_type = schemas::ServiceName, required = false)]
    service_name: Change<ServiceName>,
    /// Description of the service; `null` clears it.
    #[schema(value_type = Option<schemas::Description>)]
    description: Change<Option<Description>>,
    /// Address of the service; `null` clears it.
    #[schema(value_type = Option<schemas::EndpointUrl>)]
    endpoint_url: Change<Option<EndpointUrl>>,
    /// The key that opens it from now on, for those who have bought before, too.
    #[schema(value_type = schemas::ApiKey, required = false)]
    api_key: Change<ApiKey>,
    /// Price of one unit. Orders already placed keep theirs.
    #[schema(value_type = schemas::Price, required = false)]
    price_per_unit: Change<Price>,
    /// The currency of the price: the one that the marketplace settles in.
    #[schema(value_type = schemas::SettlementCurrency, required = false)]
    #[expect(dead_code, reason = "once it is read it can only be the one currency")]
    currency: Change<Currency>,
    /// What a buyer gets for one unit, as one line.
    #[schema(value_type = schemas::UnitDescription, required = false)]
    unit_description: Change<UnitDescription>,
    /// Number of units for sale from now on. Not together with `add_units`.
    #[schema(value_type = schemas::Stock, required = false)]
    available_units: Change<Stock>,
    /// Number of units to add. Not together with `available_units`.
    #[schema(value_type = schemas::Stock, required = false)]
    add_units: Change<Stock>,
    /// Whether it is on sale.
    #[schema(value_type = schemas::ListingState, required = false)]
    status: Change<ListingState>,
}

impl FromFields for EditListingBody {
    fn from_fields(fields: &mut Fields, rules: WireRules) -> Result<Self, Recorded> {
        let service_name = fields.change("service_name", text);
        let description = fields.clearable("description", text);
        let endpoint_url = fields.clearable("endpoint_url", text);
        let api_key = fields.change("api_key", secret(ApiKey::new));
        let price_per_unit = fields.change("price_per_unit", price(rules.currency));
        let currency = fields.change("currency", settlement(rules.currency));
        let unit_description = fields.change("unit_description", text);
        let available_units = fields.change("available_units", count);
        let add_units = fields.change("add_units", count);
        let status = fields.change("status", listing_state);
        if let (Ok(Change::To(_)), Ok(Change::To(_))) = (&available_units, &add_units) {
            fields.reject(
                "add_units",
                "must not be given together with available_units",
            );
        }
        Ok(Self {
            service_name: service_name?,
            description: description?,
            endpoint_url: endpoint_url?,
            api_key: api_key?,
            price_per_unit: price_per_unit?,
            currency: currency?,
            unit_description: unit_description?,
            available_units: available_units?,
            add_units: add_units?,
            status: status?,
        })
    }
}

impl From<EditListingBody> for ListingEdit<ApiKey> {
    fn from(body: EditListingBody) -> Self {
        let stock = match (body.available_units, body.add_units) {
            (Change::To(units), _) => StockChange::Set(units),
            (Change::Keep, Change::To(units)) => StockChange::Add(units),
            (Change::Keep, Change::Keep) => StockChange::Keep,
        };
        Self {
            service_name: body.service_name,
            description: body.description,
            endpoint_url: body.endpoint_url,
            price_per_unit: body.price_per_unit,
            unit_description: body.unit_description,
            stock,
            state: body.status,
            key: body.api_key,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::problem::Problem;
    use crate::testing::wire_rules;

    fn edit(body: &Value) -> Result<ListingEdit<ApiKey>, Problem> {
        let fields = Fields::new(body.as_object().unwrap().clone());
        let body: EditListingBody = fields.parse(wire_rules())?;
        Ok(body.into())
    }

    #[test]
    fn an_empty_change_keeps_everything() {
        let edit = edit(&json!({})).unwrap();
        assert_eq!(edit.service_name, Change::Keep);
        assert_eq!(edit.description, Change::Keep);
        assert_eq!(edit.stock, StockChange::Keep);
        assert_eq!(edit.state, Change::Keep);
    }

    #[test]
    fn null_clears_what_may_be_empty_and_nothing_else() {
        let cleared = edit(&json!({"description": null, "endpoint_url": null})).unwrap();
        assert_eq!(cleared.description, Change::To(None));
        assert_eq!(cleared.endpoint_url, Change::To(None));
        for field in [
            "service_name",
            "api_key",
            "price_per_unit",
            "currency",
            "unit_description",
            "available_units",
            "add_units",
            "status",
        ] {
            let refused = edit(&json!({ field: null })).unwrap_err();
            assert_eq!(refused, Problem::field(field, "must not be null"));
        }
    }

    #[test]
    fn units_are_set_or_added_but_not_both() {
        let stock = |body: &Value| edit(body).map(|edit| edit.stock);
        let ten = Stock::new(10).unwrap();
        assert_eq!(stock(&json!({"add_units": 10})), Ok(StockChange::Add(ten)));
        let set = json!({"available_units": "10"});
        assert_eq!(stock(&set), Ok(StockChange::Set(ten)));
        assert!(stock(&json!({"available_units": 10, "add_units": 10})).is_err());
    }
}
