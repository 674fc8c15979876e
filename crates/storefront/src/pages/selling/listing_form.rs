use udam_domain::listing::{ApiKey, ListingDetails, Price};
use udam_domain::money::{Currency, Money};

use crate::form::Form;

/// Reads what is said of a service, both when it is published and when it is changed. All of it is read,
/// so that everything wrong with it is told at once.
pub(super) fn read(form: &mut Form, currency: Currency) -> Option<ListingDetails> {
    let service_name = form.read("service_name");
    let description = form.read_optional("description", str::parse);
    let endpoint_url = form.read_optional("endpoint_url", str::parse);
    let unit_description = form.read("unit_description");
    let price = |text: &str| Price::parse(text.trim(), currency);
    let price_per_unit = form.read_as("price_per_unit", price);
    Some(ListingDetails {
        service_name: service_name?,
        description: description?,
        endpoint_url: endpoint_url?,
        price_per_unit: price_per_unit?,
        unit_description: unit_description?,
    })
}

/// What the field of the price is called.
pub(super) fn price_label(currency: Currency) -> String {
    format!("Price per unit in {currency}")
}

/// What an amount looks like in this currency.
pub(super) fn price_hint(currency: Currency) -> String {
    format!("An amount such as {}.", Money::new(250, currency))
}

/// Reads the key, after which the form does not have it any more.
pub(super) fn read_key(form: &mut Form) -> Option<ApiKey> {
    let key = form.read_secret("api_key", ApiKey::new);
    form.remove("api_key");
    key
}

/// Says that a key that was good has to be typed once more, as the form comes back without it.
pub(super) fn ask_for_key_again(form: &mut Form) {
    form.add_error(
        "api_key",
        "must be typed in once more: a key is never sent back to a page",
    );
}
