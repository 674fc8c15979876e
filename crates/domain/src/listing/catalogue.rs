use std::cmp::Ordering;

use strum::{EnumString, IntoStaticStr, VariantArray};

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

/// Order of the catalogue, named as clients know it. Among equals, the newer listing comes first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Sort {
    /// The newest first.
    #[default]
    Newest,
    /// The cheapest first.
    Price,
    /// The most expensive first.
    #[strum(serialize = "-price")]
    PriceDescending,
    /// The best match first.
    Relevance,
}

impl Sort {
    /// The order of a catalogue that no order was requested for: by relevance if there is a text to search for.
    #[must_use]
    pub const fn default_for(text: Option<&SearchText>) -> Self {
        if text.is_some() {
            Self::Relevance
        } else {
            Self::Newest
        }
    }

    /// Whether the order applies: relevance needs a text to search for.
    #[must_use]
    pub const fn applies_to(self, text: Option<&SearchText>) -> bool {
        text.is_some() || !matches!(self, Self::Relevance)
    }
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

impl CatalogueQuery {
    /// Whether no price can match, because the minimum is above the maximum.
    #[must_use]
    pub fn excludes_every_price(&self) -> bool {
        match (self.min_price, self.max_price) {
            (Some(min), Some(max)) => min.compare(max).is_ok_and(Ordering::is_gt),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn every_order_is_found_by_its_name() {
        let names = ["newest", "price", "-price", "relevance"];
        assert_eq!(
            Sort::VARIANTS.iter().map(<&str>::from).collect::<Vec<_>>(),
            names
        );
        for sort in Sort::VARIANTS {
            assert_eq!(<&str>::from(sort).parse(), Ok(*sort));
        }
        assert!("oldest".parse::<Sort>().is_err());
    }

    #[test]
    fn relevance_needs_a_text() {
        let text: SearchText = "rain".parse().unwrap();
        assert_eq!(Sort::default_for(Some(&text)), Sort::Relevance);
        assert_eq!(Sort::default_for(None), Sort::Newest);
        assert!(Sort::Relevance.applies_to(Some(&text)));
        assert!(!Sort::Relevance.applies_to(None));
        assert!(Sort::Price.applies_to(None));
    }

    #[test]
    fn a_minimum_above_the_maximum_excludes_every_price() {
        let query = |min, max| CatalogueQuery {
            min_price: Some(Money::new(min, Currency::USD)),
            max_price: Some(Money::new(max, Currency::USD)),
            ..CatalogueQuery::default()
        };
        assert!(query(201, 200).excludes_every_price());
        assert!(!query(200, 200).excludes_every_price());
        let open = CatalogueQuery {
            max_price: None,
            ..query(201, 200)
        };
        assert!(!open.excludes_every_price());
    }
}
