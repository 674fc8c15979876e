//! Putting something on sale.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::marketplace::PublishListing;
use udam_domain::money::Currency;
use udam_domain::units::Stock;

use super::{address, terms};
use crate::answer::{Answer, private, see_other};
use crate::form::Form;
use crate::shell::Shell;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "sell.html")]
struct SellPage {
    shell: Shell,
    form: Form,
    price_label: String,
    price_hint: String,
}

/// Shows the form.
pub(crate) async fn show(visit: Visit) -> Answer {
    visit.account()?;
    page(&visit, StatusCode::OK, Form::default())
}

/// Publishes what it says.
pub(crate) async fn publish(mut visit: Visit) -> Answer {
    let seller = visit.account()?.account.id;
    let mut form = std::mem::take(&mut visit.form);
    let Some(request) = read(&mut form, visit.store.settings.currency) else {
        return page(&visit, StatusCode::UNPROCESSABLE_ENTITY, form);
    };
    let catalogue = &visit.marketplace().catalogue;
    let listing = catalogue.publish(seller, request).await?;
    Ok(see_other(
        &visit.having_done(&address(listing.id), "published"),
    ))
}

fn read(form: &mut Form, currency: Currency) -> Option<PublishListing> {
    let details = terms::read(form, currency);
    let units = form.read_as("available_units", |text| text.trim().parse::<Stock>());
    let key = terms::read_key(form);
    if key.is_some() && (details.is_none() || units.is_none()) {
        terms::ask_for_key_again(form);
    }
    Some(PublishListing {
        details: details?,
        api_key: key?,
        units: units?,
    })
}

fn page(visit: &Visit, status: StatusCode, form: Form) -> Answer {
    let currency = visit.store.settings.currency;
    let page = SellPage {
        shell: visit.shell(),
        form,
        price_label: terms::price_label(currency),
        price_hint: terms::price_hint(currency),
    };
    private(status, &page)
}
