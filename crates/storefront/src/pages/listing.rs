//! The page of one listing, with its form to buy.

mod recent;

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::id::ListingId;
use udam_domain::listing::{CatalogueQuery, Listing, ListingDetails, ListingStatus};
use udam_domain::page::{PageLimit, PageRequest};
use udam_domain::units::Units;

use self::recent::RecentOrder;
use super::catalogue::ListingCard;
use super::gateway_terms::{self, Fact};
use super::json_ld;
use crate::error::PageError;
use crate::form::Form;
use crate::format;
use crate::layout::{Layout, Notice};
use crate::request::Request;
use crate::response::{PageResult, private, public};

#[derive(Template)]
#[template(path = "listing.html")]
pub(super) struct ListingPage {
    layout: Layout,
    id: String,
    details: ListingDetails,
    /// Address at which buyers call the service, if it is known.
    endpoint: Option<String>,
    /// Terms of calls through the gateway; `None` if buyers are shown the key.
    terms: Option<Vec<Fact>>,
    /// Measured quality of the service; empty with too few calls.
    quality: Vec<Fact>,
    price: String,
    price_minor: i64,
    exponent: usize,
    currency: &'static str,
    units_left: String,
    /// Largest number of units that can be ordered now.
    max_units: u32,
    /// Largest number of units of one order, if the seller has set one.
    most_per_order: Option<String>,
    status: &'static str,
    status_text: String,
    on_sale: bool,
    listed_on: String,
    seller: String,
    seller_id: String,
    others: Vec<ListingCard>,
    form: Form,
    total: Option<String>,
    /// Limit of orders that go on the tab; `None` if every order of the listing is paid first.
    immediate_below: Option<String>,
    /// Whether there is a payment provider.
    takes_payments: bool,
    order_key: String,
    is_own: bool,
    recent: Option<RecentOrder>,
    json_ld: String,
}

/// Shows a listing; with `?units=`, also their total, for browsers without the script.
pub(crate) async fn show(mut request: Request) -> PageResult {
    let id: ListingId = request.path_id()?;
    let readers = &request.marketplace().readers;
    let listings = readers.listings_for(request.is_signed_in());
    let listing = listings.find(id).await?.ok_or(PageError::NotFound)?;
    let mut form = std::mem::take(&mut request.form);
    let units = form.read_optional("units", str::parse::<Units>).flatten();
    let page = page(&request, listing, form, units).await?;
    public(&request, &page)
}

/// The path of a listing's page, with a number of units in its form.
pub(super) fn path(id: ListingId, units: Option<Units>) -> String {
    match units {
        Some(units) => format!("/listings/{id}?units={}", units.get()),
        None => format!("/listings/{id}"),
    }
}

/// The page of a listing, with the submitted form.
pub(super) async fn page(
    request: &Request,
    listing: Listing,
    mut form: Form,
    units: Option<Units>,
) -> Result<ListingPage, PageError> {
    let details = &listing.details;
    let price = details.price_per_unit.amount();
    if form.value("units").is_empty() {
        form.set("units", "1");
    }
    let settings = &request.store.settings;
    let canonical = request.absolute_url(&format!("/listings/{}", listing.id));
    let mut layout = request.layout();
    layout.description = Some(format!(
        "{} by {}: {} for {}.",
        details.service_name,
        listing.seller.name,
        details.unit_description,
        format::money(price),
    ));
    let json_ld = json_ld::product(&listing, &canonical);
    layout.canonical = Some(canonical);
    let is_own = request.is_signed_in() && request.signed_in()?.account.id == listing.seller.id;
    let others = others(request, &listing).await?;
    let quality = &request.store.quality;
    let quality = quality.of(request.marketplace(), &listing).await?;
    let status = listing.status();
    let on_sale = status == ListingStatus::Active;
    let recent = if on_sale {
        RecentOrder::of(request, listing.id).await?
    } else {
        None
    };
    let pays_later = !details.pay_first;
    let most = details.max_units_per_order;
    Ok(ListingPage {
        layout,
        id: listing.id.to_string(),
        endpoint: endpoint(request, &listing),
        terms: details.gateway.as_ref().map(gateway_terms::facts),
        quality: quality.map(gateway_terms::statistics).unwrap_or_default(),
        details: listing.details,
        price: format::money(price),
        price_minor: price.minor(),
        exponent: price.currency().exponent(),
        currency: price.currency().code(),
        units_left: format::units(listing.available.get()),
        max_units: listing
            .available
            .get()
            .min(most.unwrap_or(Units::MAX).get()),
        most_per_order: most.map(|most| format::units(most.get())),
        status: status.into(),
        status_text: format::status(status.into()),
        on_sale,
        listed_on: format::instant(listing.created_at),
        seller: listing.seller.name.to_string(),
        seller_id: listing.seller.id.to_string(),
        others,
        form,
        total: units
            .and_then(|units| price.times(units).ok())
            .map(format::money),
        immediate_below: settings.immediate_below().filter(|_| pays_later),
        takes_payments: request.marketplace().payments.is_some(),
        order_key: order_key(request),
        is_own,
        recent,
        json_ld,
    })
}

/// Address at which buyers call a service: that of the gateway, or its own. The address behind the gateway is not shown.
fn endpoint(request: &Request, listing: &Listing) -> Option<String> {
    match &listing.details {
        ListingDetails {
            gateway: Some(_), ..
        } => Some(request.gateway_address(listing.id)),
        details => details.endpoint_url.as_ref().map(ToString::to_string),
    }
}

/// Up to four other listings of the same seller.
async fn others(request: &Request, listing: &Listing) -> Result<Vec<ListingCard>, PageError> {
    const SHOWN: i64 = 5;
    let query = CatalogueQuery {
        seller: Some(listing.seller.id),
        page: PageRequest {
            after: None,
            limit: PageLimit::new(SHOWN).unwrap_or_default(),
        },
        ..CatalogueQuery::default()
    };
    let readers = &request.marketplace().readers;
    let listings = readers.listings_for(request.is_signed_in());
    let page = listings.search(query).await?;
    let others = page.items.iter().filter(|other| other.id != listing.id);
    Ok(others.take(4).map(ListingCard::from).collect())
}

/// A fresh idempotency key for the form, so that submitting it twice places one order. Empty for visitors who
/// are not signed in: they cannot order, and their page has to be the same for all.
fn order_key(request: &Request) -> String {
    if !request.is_signed_in() {
        return String::new();
    }
    let mut bytes = [0; 16];
    request.marketplace().entropy.fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes)
        .into_uuid()
        .to_string()
}

impl ListingPage {
    /// Responds with the page, with the reason why no order was placed above it.
    pub(super) fn refused(mut self, status: StatusCode, reason: Notice) -> PageResult {
        self.layout = self.layout.with_notice(reason);
        private(status, &self)
    }
}

#[cfg(test)]
mod tests;
