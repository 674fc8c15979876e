//! The catalogue and its search.

use askama::Template;
use strum::VariantArray;
use udam_domain::listing::{CatalogueQuery, Listing, Sort};
use udam_domain::money::{Currency, Money};
use udam_domain::page::PageRequest;
use udam_web::cursor;
use url::form_urlencoded;

use crate::form::Form;
use crate::format;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, public};

#[derive(Template)]
#[template(path = "catalogue.html")]
struct CataloguePage {
    layout: Layout,
    heading: String,
    listings: Vec<ListingCard>,
    form: Form,
    sorts: Vec<Choice>,
    currency: &'static str,
    in_stock: bool,
    seller: Option<String>,
    is_filtered: bool,
    next: Option<String>,
}

/// The label of a sort order.
const fn sort_label(sort: Sort) -> &'static str {
    match sort {
        Sort::Newest => "Newest first",
        Sort::Price => "Cheapest first",
        Sort::PriceDescending => "Most expensive first",
        Sort::Relevance => "Best match first",
    }
}

/// An option of the list of sort orders.
struct Choice {
    value: &'static str,
    text: &'static str,
    chosen: bool,
}

/// Most characters of a description in a list of listings.
const EXCERPT_LENGTH: usize = 140;

/// A listing in a list of listings.
pub(super) struct ListingCard {
    pub(super) path: String,
    pub(super) service_name: String,
    pub(super) description: Option<String>,
    pub(super) seller: String,
    pub(super) unit_description: String,
    pub(super) price: String,
    pub(super) left: String,
    pub(super) sold_out: bool,
}

impl From<&Listing> for ListingCard {
    fn from(listing: &Listing) -> Self {
        let details = &listing.details;
        Self {
            path: format!("/listings/{}", listing.id),
            service_name: details.service_name.to_string(),
            description: details
                .description
                .as_ref()
                .map(|text| format::excerpt(text.as_str(), EXCERPT_LENGTH)),
            seller: listing.seller.name.to_string(),
            unit_description: details.unit_description.to_string(),
            price: format::money(details.price_per_unit.amount()),
            left: format!("{} left", format::count(listing.available.get())),
            sold_out: listing.available.is_empty(),
        }
    }
}

/// Shows a page of the catalogue.
pub(crate) async fn show(mut request: Request) -> PageResult {
    let mut form = std::mem::take(&mut request.form);
    let query = read(&mut form, request.store.settings.currency);
    let sort = query.sort;
    let is_filtered = query.text.is_some()
        || query.seller.is_some()
        || query.min_price.is_some()
        || query.max_price.is_some()
        || query.in_stock.is_some();
    let in_stock = query.in_stock == Some(true);
    let seller = query.seller;
    let text = query.text.clone();
    let first = query.page.after.is_none();
    let readers = &request.marketplace().readers;
    let listings = readers.listings_for(request.is_signed_in());
    let page = listings.search(query).await?;
    let next = cursor::next(&page, sort);
    let next = next.map(|after| format!("/?{}", query_string(&form, Some(&after))));
    let heading = match (&text, seller) {
        (Some(text), _) => format!("Data services for “{text}”"),
        (None, Some(_)) => page.items.first().map_or_else(
            || "Data services by this seller".to_owned(),
            |listing| format!("Data services by {}", listing.seller.name),
        ),
        (None, None) => "Data services on sale".to_owned(),
    };
    let mut layout = request.layout();
    form.value("q").clone_into(&mut layout.search);
    // Filtered and further pages show the same listings in another order.
    layout.canonical = (!is_filtered && first).then(|| request.absolute_url("/"));
    layout.description = Some(
        "Buy access to data services by the unit. You get the API key as soon as your order is fulfilled."
            .to_owned(),
    );
    let sorts = Sort::VARIANTS.iter().copied();
    let sorts = sorts.filter(|sort| sort.applies_to(text.as_ref()));
    let page = CataloguePage {
        layout,
        heading,
        listings: page.items.iter().map(ListingCard::from).collect(),
        sorts: sorts
            .map(|choice| Choice {
                value: choice.into(),
                text: sort_label(choice),
                chosen: choice == sort,
            })
            .collect(),
        form,
        currency: request.store.settings.currency.code(),
        in_stock,
        seller: seller.map(|seller| seller.to_string()),
        is_filtered,
        next,
    };
    public(&request, &page)
}

/// Parses the query. Adds an error to each invalid field, and searches without it.
fn read(form: &mut Form, currency: Currency) -> CatalogueQuery {
    let text = form.read_optional("q", str::parse).flatten();
    let seller = form.read_optional("seller", str::parse).flatten();
    let amount = |text: &str| Money::parse(text.trim(), currency);
    let min_price = form.read_optional("min_price", amount).flatten();
    let max_price = form.read_optional("max_price", amount).flatten();
    let sort = form
        .value("sort")
        .parse()
        .ok()
        .filter(|sort: &Sort| sort.applies_to(text.as_ref()))
        .unwrap_or_else(|| Sort::default_for(text.as_ref()));
    let mut query = CatalogueQuery {
        text,
        seller,
        min_price,
        max_price,
        in_stock: (form.value("in_stock") == "true").then_some(true),
        sort,
        page: PageRequest {
            after: cursor::decode(form.value("after"), sort),
            ..PageRequest::default()
        },
    };
    if query.excludes_every_price() {
        form.add_error("max_price", "must not be less than the minimum price");
        query.max_price = None;
    }
    query
}

/// The query string of a page of the same search.
fn query_string(form: &Form, after: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in ["q", "seller", "min_price", "max_price", "in_stock", "sort"] {
        if !form.value(name).is_empty() {
            query.append_pair(name, form.value(name));
        }
    }
    if let Some(after) = after {
        query.append_pair("after", after);
    }
    query.finish()
}
