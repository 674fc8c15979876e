//! Searching the catalogue. All matches are equally relevant.

use std::cmp::Reverse;

use udam_domain::id::ListingId;
use udam_domain::listing::{CataloguePosition, CatalogueQuery, Listing, ListingState, Sort};
use udam_domain::page::Page;

/// A position: a number, then the newest first.
type Position = (i64, Reverse<ListingId>);

pub(super) fn search(
    mut all: Vec<Listing>,
    query: &CatalogueQuery,
) -> Page<Listing, CataloguePosition> {
    all.retain(|listing| matches(listing, query));
    all.sort_by_key(|listing| position(listing, query.sort));
    if let Some(after) = query.page.after {
        let after = match after {
            CataloguePosition::Newest(id) | CataloguePosition::Relevance(_, id) => (0, Reverse(id)),
            CataloguePosition::Price(minor, id) => (signed(minor, query.sort), Reverse(id)),
        };
        all.retain(|listing| position(listing, query.sort) > after);
    }
    all.truncate(usize::from(query.page.limit.get()).saturating_add(1));
    Page::of_long_items(
        all,
        query.page.limit,
        Listing::text_length,
        |listing| match query.sort {
            Sort::Newest => CataloguePosition::Newest(listing.id),
            Sort::Relevance => CataloguePosition::Relevance(1.0, listing.id),
            Sort::Price | Sort::PriceDescending => {
                CataloguePosition::Price(price(listing), listing.id)
            }
        },
    )
}

fn matches(listing: &Listing, query: &CatalogueQuery) -> bool {
    let details = &listing.details;
    let description = details.description.as_ref();
    let text = description.map_or("", |description| description.as_str());
    let text = format!("{} {text}", details.service_name).to_lowercase();
    let mut words = query
        .text
        .iter()
        .flat_map(|text| text.as_str().split_whitespace());
    listing.state == ListingState::Active
        && query
            .seller
            .is_none_or(|seller| seller == listing.seller.id)
        && query
            .min_price
            .is_none_or(|min| min.minor() <= price(listing))
        && query
            .max_price
            .is_none_or(|max| max.minor() >= price(listing))
        && query
            .in_stock
            .is_none_or(|wanted| wanted != listing.available.is_empty())
        && words.all(|word| text.contains(&word.to_lowercase()))
}

fn position(listing: &Listing, sort: Sort) -> Position {
    let number = match sort {
        Sort::Newest | Sort::Relevance => 0,
        Sort::Price | Sort::PriceDescending => signed(price(listing), sort),
    };
    (number, Reverse(listing.id))
}

fn price(listing: &Listing) -> i64 {
    listing.details.price_per_unit.amount().minor()
}

fn signed(minor: i64, sort: Sort) -> i64 {
    if sort == Sort::PriceDescending {
        minor.saturating_neg()
    } else {
        minor
    }
}
