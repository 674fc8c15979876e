//! Changing a listing.

use actix_web::http::StatusCode;
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use udam_domain::listing::{ApiKey, Change, Listing, ListingEdit, ListingState};
use udam_domain::money::Currency;

use super::{address, listing_form, own_listing};
use crate::form::Form;
use crate::format;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

#[derive(Template)]
#[template(path = "edit_listing.html")]
struct EditPage {
    layout: Layout,
    id: String,
    service_name: String,
    status: &'static str,
    status_text: String,
    units_left: String,
    price_label: String,
    price_hint: String,
    form: Form,
    /// Which words of the listing the form was filled in with.
    version: String,
    /// How many units to add.
    stock: Form,
    /// Whether it may be paused.
    on_sale: bool,
    archived: bool,
}

/// Shows it, as it is now.
pub(crate) async fn show(request: Request) -> PageResult {
    let listing = own_listing(&request).await?;
    page(&request, &listing, StatusCode::OK, None, Form::default())
}

/// Changes what is said of it, and its key if there is a new one.
pub(crate) async fn save(mut request: Request) -> PageResult {
    let listing = own_listing(&request).await?;
    let mut form = std::mem::take(&mut request.form);
    if form.value("version") != version(&listing) {
        return overtaken(&request, &listing, form);
    }
    let Some(edit) = read(&mut form, request.store.settings.currency) else {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return page(&request, &listing, status, Some(form), Form::default());
    };
    let done = if edit.key.as_new().is_some() {
        "key"
    } else {
        "saved"
    };
    change(&request, &listing, edit, done).await
}

/// The listing was changed since the form was filled in, in another tab perhaps. Two that are sent in the
/// same moment both pass: this is for people, and their key and stock have rules of their own.
fn overtaken(request: &Request, listing: &Listing, mut typed: Form) -> PageResult {
    if typed.remove("api_key") {
        listing_form::ask_for_key_again(&mut typed);
    }
    let mut page = prepare(request, listing, Some(typed), Form::default());
    let price = format::money(listing.details.price_per_unit.amount());
    page.layout = page.layout.with_notice(
        "bad",
        format!(
            "Nothing was saved: the listing has been changed since you opened this page. It is called \
             {} now, at {price} per unit. What you typed is below; save it again if it is right.",
            listing.details.service_name
        ),
    );
    private(StatusCode::CONFLICT, &page)
}

/// What a listing says, in short: another if anything of it changes.
pub(super) fn version(listing: &Listing) -> String {
    let words = format!("{:?}", listing.details);
    let digest = digest(&SHA256, words.as_bytes());
    URL_SAFE_NO_PAD.encode(digest.as_ref().get(..12).unwrap_or_default())
}

/// Makes a change, and goes back to the listing to say so.
pub(super) async fn change(
    request: &Request,
    listing: &Listing,
    edit: ListingEdit<ApiKey>,
    done: &str,
) -> PageResult {
    let seller = request.signed_in()?;
    let catalogue = &request.marketplace().catalogue;
    let origin = request.origin();
    catalogue.edit(seller, &origin, listing.id, edit).await?;
    Ok(see_other(&request.with_flash(&address(listing.id), done)))
}

fn read(form: &mut Form, currency: Currency) -> Option<ListingEdit<ApiKey>> {
    let details = listing_form::read(form, currency);
    let key = if form.value("api_key").is_empty() {
        Some(Change::Keep)
    } else {
        listing_form::read_key(form).map(Change::To)
    };
    if let (None, Some(Change::To(_))) = (&details, &key) {
        listing_form::ask_for_key_again(form);
    }
    let details = details?;
    Some(ListingEdit {
        service_name: Change::To(details.service_name),
        description: Change::To(details.description),
        endpoint_url: Change::To(details.endpoint_url),
        price_per_unit: Change::To(details.price_per_unit),
        unit_description: Change::To(details.unit_description),
        key: key?,
        ..ListingEdit::default()
    })
}

/// The page of a listing, with what was typed if it is to be corrected.
pub(super) fn page(
    request: &Request,
    listing: &Listing,
    status: StatusCode,
    typed: Option<Form>,
    stock: Form,
) -> PageResult {
    private(status, &prepare(request, listing, typed, stock))
}

fn prepare(request: &Request, listing: &Listing, typed: Option<Form>, stock: Form) -> EditPage {
    let currency = request.store.settings.currency;
    let mut layout = request.layout();
    if let Some(done) = said(request.flash()) {
        layout = layout.with_notice("good", done);
    }
    let listing_status = listing.status().as_str();
    EditPage {
        layout,
        id: listing.id.to_string(),
        service_name: listing.details.service_name.to_string(),
        status: listing_status,
        status_text: format::status(listing_status),
        units_left: format::units(listing.available.get()),
        price_label: listing_form::price_label(currency),
        price_hint: format!(
            "{} Orders placed already keep theirs.",
            listing_form::price_hint(currency)
        ),
        form: typed.unwrap_or_else(|| as_it_is(listing, currency)),
        version: version(listing),
        stock,
        on_sale: listing.state == ListingState::Active,
        archived: listing.state == ListingState::Archived,
    }
}

fn said(done: &str) -> Option<&'static str> {
    Some(match done {
        "published" => {
            "Published. The key is sealed, and buyers find your listing in the catalogue."
        }
        "saved" => "Saved. Buyers see it from now on.",
        "key" => {
            "Saved, and the new key is sealed. It is the one that every token opens from now on."
        }
        "added" => "The units are added.",
        "active" => "It is on sale.",
        "paused" => "It is paused. Nobody can buy until you put it on sale again.",
        "archived" => "It is archived. You can put it on sale again at any time.",
        _ => return None,
    })
}

/// The form, filled in with what the listing says.
fn as_it_is(listing: &Listing, currency: Currency) -> Form {
    let details = &listing.details;
    let mut form = Form::default();
    form.set("service_name", details.service_name.as_str());
    if let Some(description) = &details.description {
        form.set("description", description.as_str());
    }
    if let Some(endpoint_url) = &details.endpoint_url {
        form.set("endpoint_url", endpoint_url.as_str());
    }
    form.set("unit_description", details.unit_description.as_str());
    let price = details.price_per_unit.amount();
    // Of another currency than prices are in now, the same number would be another price.
    if price.currency() == currency {
        form.set("price_per_unit", price.to_string());
    }
    form
}
