//! The newest listings, as an Atom feed (RFC 4287).

use askama::Template;
use udam_domain::listing::{CatalogueQuery, Listing};

use super::xml_text;
use crate::format;
use crate::request::Request;
use crate::response::{PageResult, revalidated};

const ATOM: &str = "application/atom+xml; charset=utf-8";

/// Most characters of a description in the feed, which is read by many and often.
const SUMMARY_LENGTH: usize = 500;

#[derive(Template)]
#[template(path = "atom.xml")]
struct Feed {
    site: String,
    updated: String,
    entries: Vec<Entry>,
}

struct Entry {
    url: String,
    title: String,
    seller: String,
    listed: String,
    summary: String,
}

impl Entry {
    fn new(listing: &Listing, request: &Request) -> Self {
        let details = &listing.details;
        let price = format::money(details.price_per_unit.amount());
        let offer = format!("{} for {price}.", details.unit_description);
        let summary = match &details.description {
            Some(description) => {
                let about = format::excerpt(description.as_str(), SUMMARY_LENGTH);
                format!("{about}\n\n{offer}")
            }
            None => offer,
        };
        Self {
            url: request.absolute_url(&format!("/listings/{}", listing.id)),
            title: xml_text(details.service_name.as_str()),
            seller: xml_text(listing.seller.name.as_str()),
            listed: listing.created_at.to_string(),
            summary: xml_text(&summary),
        }
    }
}

/// Shows the newest listings on sale.
pub(crate) async fn show(request: Request) -> PageResult {
    let listings = &request.marketplace().readers.catalogue;
    let page = listings.search(CatalogueQuery::default()).await?;
    let newest = page.items.first().map(|listing| listing.created_at);
    let feed = Feed {
        site: request.absolute_url(""),
        // Atom requires a date; an empty marketplace has none, and the epoch serves.
        updated: newest.unwrap_or_default().to_string(),
        entries: page
            .items
            .iter()
            .map(|listing| Entry::new(listing, &request))
            .collect(),
    };
    Ok(revalidated(&request, ATOM, feed.render()?))
}
