use crate::id::{AccountId, ListingId};
use crate::money::Money;
use crate::page::PageRequest;
use crate::text::{bounded_text, line};

bounded_text!(
    /// What a visitor searches for: at most 200 characters, in the words people type into search
    /// boxes.
    SearchText,
    line,
    200
);

/// What order the catalogue comes in. Ties go to the newer listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Sort {
    /// The newest first.
    #[default]
    Newest,
    /// The cheapest first.
    Price,
    /// The dearest first.
    PriceDescending,
    /// What fits the search best first.
    Relevance,
}

/// Where a page of the catalogue ended. It fits only the sort it came from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CataloguePosition {
    /// After this listing, the newest first.
    Newest(ListingId),
    /// After this price in minor units and listing, in either order of price.
    Price(i64, ListingId),
    /// After this rank and listing.
    Relevance(f32, ListingId),
}

/// What a visitor wants to see of the catalogue. Only listings on sale are in it, sold out or not.
#[derive(Debug, Clone, Default)]
pub struct CatalogueQuery {
    /// Only what this text finds.
    pub text: Option<SearchText>,
    /// Only this seller's.
    pub seller: Option<AccountId>,
    /// Only at this price a unit or more.
    pub min_price: Option<Money>,
    /// Only at this price a unit or less.
    pub max_price: Option<Money>,
    /// Only those with units left, or only those without.
    pub in_stock: Option<bool>,
    /// In what order.
    pub sort: Sort,
    /// Which page.
    pub page: PageRequest<CataloguePosition>,
}
