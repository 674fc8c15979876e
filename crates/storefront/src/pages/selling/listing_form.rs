//! The fields that publishing and editing a listing share.

use udam_domain::listing::{ApiKey, ListingDetails, Price};
use udam_domain::money::{Currency, Money};

use super::gateway_form;
use crate::form::Form;

/// Value of a checkbox that is checked; one that is not sends nothing.
const CHECKED: &str = "yes";

/// Parses the listing's details. All fields are parsed, so that all errors are shown at once.
pub(super) fn read(
    form: &mut Form,
    currency: Currency,
    has_gateway: bool,
) -> Option<ListingDetails> {
    let service_name = form.read("service_name");
    let description = form.read_optional("description", str::parse);
    let endpoint_url = form.read_optional("endpoint_url", str::parse);
    let unit_description = form.read("unit_description");
    let price = |text: &str| Price::parse(text.trim(), currency);
    let price_per_unit = form.read_as("price_per_unit", price);
    let max_units_per_order = form.read_optional("max_units_per_order", str::parse);
    let gateway = if has_gateway {
        gateway_form::read(form)
    } else {
        Some(None)
    };
    Some(ListingDetails {
        service_name: service_name?,
        description: description?,
        endpoint_url: endpoint_url?,
        price_per_unit: price_per_unit?,
        unit_description: unit_description?,
        pay_first: form.value("pay_first") == CHECKED,
        max_units_per_order: max_units_per_order?,
        gateway: gateway?,
    })
}

/// A form filled in with these details.
pub(super) fn filled(details: &ListingDetails, currency: Currency) -> Form {
    let mut form = Form::default();
    form.set("service_name", details.service_name.as_str());
    form.set_optional("description", details.description.as_ref());
    form.set_optional("endpoint_url", details.endpoint_url.as_ref());
    form.set("unit_description", details.unit_description.as_str());
    form.set_optional("max_units_per_order", details.max_units_per_order);
    gateway_form::fill(&mut form, details.gateway.as_ref());
    if details.pay_first {
        form.set("pay_first", CHECKED);
    }
    let price = details.price_per_unit.amount();
    // If the marketplace has changed its currency, the same number would be another price.
    if price.currency() == currency {
        form.set("price_per_unit", price.to_string());
    }
    form
}

/// The label of the price field.
pub(super) fn price_label(currency: Currency) -> String {
    format!("Price per unit in {currency}")
}

/// The hint of the price field, with an example amount.
pub(super) fn price_hint(currency: Currency) -> String {
    format!("An amount such as {}.", Money::new(250, currency))
}

/// Parses the API key and removes it from the form.
pub(super) fn read_key(form: &mut Form) -> Option<ApiKey> {
    let key = form.read_secret("api_key", ApiKey::new);
    form.remove("api_key");
    key
}

/// Adds an error that a valid key has to be entered again, because the form is shown without it.
pub(super) fn ask_for_key_again(form: &mut Form) {
    form.add_error(
        "api_key",
        "must be entered again: a key is never sent back to a page",
    );
}
