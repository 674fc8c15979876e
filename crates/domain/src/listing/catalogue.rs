use crate::id::{AccountId, ListingId};
use crate::money::Money;
use crate::page::PageRequest;
use crate::text::{bounded_text, line};

bounded_text!(
    /// Search terms: at most 200 characters, in the syntax of common search boxes.
    SearchText,
    line,
    200
);

/// Order of the catalogue. Among equals, the newer listing comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Sort {
    /// The newest first.
    #[default]
    Newest,
    /// The cheapest first.
    Price,
    /// The most expensive first.
    PriceDescending,
    /// The best match first.
    Relevance,
}

/// Position in the catalogue after which a page begins. It is valid only in the sort it came from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CataloguePosition {
    /// After this listing, in [`Sort::Newest`].
    Newest(ListingId),
    /// After this price in minor units and this listing, in either order of price.
    Price(i64, ListingId),
    /// After this rank and this listing, in [`Sort::Relevance`].
    Relevance(f32, ListingId),
}

/// A query of the catalogue, which holds all listings on sale, sold out or not.
#[derive(Debug, Clone, Default)]
pub struct CatalogueQuery {
    /// Search terms that a listing must match; `None` matches all.
    pub text: Option<SearchText>,
    /// Account that must be the seller; `None` for any.
    pub seller: Option<AccountId>,
    /// Lowest price of a unit, inclusive; `None` for no bound.
    pub min_price: Option<Money>,
    /// Highest price of a unit, inclusive; `None` for no bound.
    pub max_price: Option<Money>,
    /// `true` for listings with units left, `false` for those without, `None` for both.
    pub in_stock: Option<bool>,
    /// Order of the results.
    pub sort: Sort,
    /// The page of the results.
    pub page: PageRequest<CataloguePosition>,
}
