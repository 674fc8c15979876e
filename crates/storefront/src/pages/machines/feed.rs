//! New listings as they come, in Atom (RFC 4287).

use askama::Template;
use udam_domain::listing::{CatalogueQuery, Listing};

use super::xml_text;
use crate::answer::{Answer, render, shared};
use crate::visit::Visit;
use crate::words;

#[derive(Template)]
#[template(path = "feed.xml")]
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
    fn new(listing: &Listing, visit: &Visit) -> Self {
        let details = &listing.details;
        let about = details.description.as_ref().map(ToString::to_string);
        let price = words::money(details.price_per_unit.amount());
        let offer = format!("{} for {price}.", details.unit_description);
        let summary = match about {
            Some(about) => format!("{about}\n\n{offer}"),
            None => offer,
        };
        Self {
            url: visit.absolute(&format!("/listings/{}", listing.id)),
            title: xml_text(details.service_name.as_str()),
            seller: xml_text(listing.seller.name.as_str()),
            listed: listing.created_at.to_string(),
            summary: xml_text(&summary),
        }
    }
}

/// The newest listings on sale.
pub(crate) async fn show(visit: Visit) -> Answer {
    let catalogue = &visit.marketplace().catalogue;
    let page = catalogue.search(CatalogueQuery::default()).await?;
    let newest = page.items.first().map(|listing| listing.created_at);
    let feed = Feed {
        site: visit.absolute(""),
        // An empty marketplace has not changed since the beginning of time.
        updated: newest.unwrap_or_default().to_string(),
        entries: page
            .items
            .iter()
            .map(|listing| Entry::new(listing, &visit))
            .collect(),
    };
    let content = render(&feed)?;
    Ok(shared(
        &visit,
        "application/atom+xml; charset=utf-8",
        content,
    ))
}
