//! Editing a listing.

use actix_web::http::StatusCode;
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use udam_domain::EditListingError;
use udam_domain::listing::{ApiKey, Change, DetailsEdit, Listing, ListingEdit, ListingState};
use udam_domain::marketplace::ChangeListingError;
use udam_domain::money::Currency;

use super::{calls_path, edit_path, gateway_form, listing_form, own_listing};
use crate::form::Form;
use crate::format;
use crate::layout::{Layout, Notice};
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
    /// Version of the listing's details that the form was filled in with.
    version: String,
    /// The form to add units.
    stock: Form,
    /// Whether its seller has it on sale, sold out or not.
    on_sale: bool,
    archived: bool,
    /// Whether the service can be sold through a gateway.
    has_gateway: bool,
    /// Path of the page of calls; `None` if there are none.
    calls: Option<String>,
}

/// Shows a listing's details in a form.
pub(crate) async fn show(request: Request) -> PageResult {
    let listing = own_listing(&request).await?;
    page(&request, &listing, StatusCode::OK, None, Form::default())
}

/// Saves the details, and the API key if a new one was entered.
pub(crate) async fn save(mut request: Request) -> PageResult {
    let listing = own_listing(&request).await?;
    let mut form = std::mem::take(&mut request.form);
    if form.value("version") != version(&listing) {
        return show_conflict(&request, &listing, form);
    }
    let has_gateway = request.marketplace().gateway.is_some();
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let Some(edit) = read(&mut form, request.store.settings.currency, has_gateway) else {
        return page(&request, &listing, status, Some(form), Form::default());
    };
    let has_new_key = edit.key.as_new().is_some();
    let catalogue = &request.marketplace().catalogue;
    match catalogue.edit(request.actor()?, listing.id, edit).await {
        Ok(listing) => {
            let code = if has_new_key { "key" } else { "saved" };
            Ok(see_other(&request.with_flash(&edit_path(listing.id), code)))
        }
        Err(ChangeListingError::Edit(EditListingError::NotCallable(reason))) => {
            gateway_form::add_not_callable(&mut form, reason);
            if has_new_key {
                listing_form::ask_for_key_again(&mut form);
            }
            page(&request, &listing, status, Some(form), Form::default())
        }
        Err(error) => Err(error.into()),
    }
}

/// Responds that the listing was changed after the form was opened, in another tab for example. Two forms that
/// are submitted at the same moment both pass: this check is a courtesy, no lock.
fn show_conflict(request: &Request, listing: &Listing, mut typed: Form) -> PageResult {
    if typed.remove("api_key") {
        listing_form::ask_for_key_again(&mut typed);
    }
    let mut page = prepare(request, listing, Some(typed), Form::default());
    let price = format::money(listing.details.price_per_unit.amount());
    page.layout = page.layout.with_notice(Notice::error(format!(
            "Nothing was saved: this listing was changed after you opened the page. It is now called {} at \
             {price} per unit. Your changes are below; save them again if they still apply.",
            listing.details.service_name
    )));
    private(StatusCode::CONFLICT, &page)
}

/// A digest of the listing's details, which changes with any of them.
pub(super) fn version(listing: &Listing) -> String {
    let details = format!("{:?}", listing.details);
    let digest = digest(&SHA256, details.as_bytes());
    URL_SAFE_NO_PAD.encode(digest.as_ref().get(..12).unwrap_or_default())
}

/// Saves an edit, and redirects to the listing with this flash code.
pub(super) async fn change(
    request: &Request,
    listing: &Listing,
    edit: ListingEdit<ApiKey>,
    code: &str,
) -> PageResult {
    let seller = request.actor()?;
    let catalogue = &request.marketplace().catalogue;
    catalogue.edit(seller, listing.id, edit).await?;
    Ok(see_other(&request.with_flash(&edit_path(listing.id), code)))
}

fn read(form: &mut Form, currency: Currency, has_gateway: bool) -> Option<ListingEdit<ApiKey>> {
    let details = listing_form::read(form, currency, has_gateway);
    let key = if form.value("api_key").is_empty() {
        Some(Change::Keep)
    } else {
        listing_form::read_key(form).map(Change::To)
    };
    if let (None, Some(Change::To(_))) = (&details, &key) {
        listing_form::ask_for_key_again(form);
    }
    let mut details = DetailsEdit::from(details?);
    if !has_gateway {
        // The form has no such fields then.
        details.gateway = Change::Keep;
    }
    Some(ListingEdit {
        details,
        key: key?,
        ..ListingEdit::default()
    })
}

/// Responds with the page of a listing, with a submitted form if it has errors.
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
    let listing_status = listing.status().into();
    let has_gateway = request.marketplace().gateway.is_some();
    EditPage {
        layout: request.layout().with_notice(notice(request.flash())),
        id: listing.id.to_string(),
        service_name: listing.details.service_name.to_string(),
        status: listing_status,
        status_text: format::status(listing_status),
        units_left: format::units(listing.available.get()),
        price_label: listing_form::price_label(currency),
        price_hint: format!(
            "{} Existing orders keep their price.",
            listing_form::price_hint(currency)
        ),
        form: typed.unwrap_or_else(|| listing_form::filled(&listing.details, currency)),
        version: version(listing),
        stock,
        on_sale: listing.state == ListingState::Active,
        archived: listing.state == ListingState::Archived,
        has_gateway,
        calls: has_gateway.then(|| calls_path(listing.id)),
    }
}

/// The message of a flash code.
fn notice(code: &str) -> Option<Notice> {
    let text = match code {
        "published" => {
            "Published. The API key is encrypted, and buyers can find your listing in the catalogue."
        }
        "saved" => "Saved. Buyers see the new details immediately.",
        "key" => {
            "Saved. The new API key replaces the old one from now on, for existing buyers as well."
        }
        "added" => "The units are added.",
        "stock" => "The number of units on sale is changed.",
        "active" => "The listing is on sale.",
        "paused" => "The listing is paused. Nobody can buy until you put it back on sale.",
        "archived" => "The listing is archived. You can put it back on sale at any time.",
        _ => return None,
    };
    Some(Notice::success(text))
}
