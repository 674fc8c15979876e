//! Publishing a listing.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::marketplace::{PublishError, PublishListing};
use udam_domain::money::Currency;
use udam_domain::units::Stock;

use super::{edit_path, gateway_form, listing_form};
use crate::form::Form;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

#[derive(Template)]
#[template(path = "sell.html")]
struct SellPage {
    layout: Layout,
    form: Form,
    price_label: String,
    price_hint: String,
    name_taken: bool,
    /// Whether the service can be sold through a gateway.
    has_gateway: bool,
}

/// Shows the form.
pub(crate) async fn show(request: Request) -> PageResult {
    request.signed_in()?;
    let mut form = Form::default();
    gateway_form::propose(&mut form);
    page(&request, StatusCode::OK, form)
}

/// Publishes the listing.
pub(crate) async fn publish(mut request: Request) -> PageResult {
    let seller = request.actor()?;
    let mut form = std::mem::take(&mut request.form);
    let has_gateway = request.marketplace().gateway.is_some();
    let currency = request.store.settings.currency;
    let Some(new_listing) = read(&mut form, currency, has_gateway) else {
        return page(&request, StatusCode::UNPROCESSABLE_ENTITY, form);
    };
    let catalogue = &request.marketplace().catalogue;
    let listing = match catalogue.publish(seller, new_listing).await {
        Err(PublishError::NameTaken) => {
            listing_form::ask_for_key_again(&mut form);
            return page(&request, StatusCode::CONFLICT, form);
        }
        Err(PublishError::NotCallable(reason)) => {
            gateway_form::add_not_callable(&mut form, reason);
            listing_form::ask_for_key_again(&mut form);
            return page(&request, StatusCode::UNPROCESSABLE_ENTITY, form);
        }
        published => published?,
    };
    Ok(see_other(
        &request.with_flash(&edit_path(listing.id), "published"),
    ))
}

fn read(form: &mut Form, currency: Currency, has_gateway: bool) -> Option<PublishListing> {
    let details = listing_form::read(form, currency, has_gateway);
    let units = form.read_as("available_units", |text| text.trim().parse::<Stock>());
    let key = listing_form::read_key(form);
    if key.is_some() && (details.is_none() || units.is_none()) {
        listing_form::ask_for_key_again(form);
    }
    Some(PublishListing {
        details: details?,
        api_key: key?,
        units: units?,
    })
}

fn page(request: &Request, status: StatusCode, form: Form) -> PageResult {
    let currency = request.store.settings.currency;
    let page = SellPage {
        layout: request.layout(),
        form,
        price_label: listing_form::price_label(currency),
        price_hint: listing_form::price_hint(currency),
        name_taken: status == StatusCode::CONFLICT,
        has_gateway: request.marketplace().gateway.is_some(),
    };
    private(status, &page)
}
