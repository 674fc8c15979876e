//! Stock and tokens of a race, read from the database afterwards.

use std::collections::HashSet;

use udam_domain::id::ListingId;
use udam_domain::order::SalesPeriod;
use udam_domain::page::{PageLimit, PageRequest};
use udam_domain::{Marketplace, StoreError};
use udam_storefront::format;

use super::state::UNITS;

/// The units of the listing, and the orders that took them.
pub(super) struct Ledger {
    pub(super) left: String,
    pub(super) sold: String,
    pub(super) orders: usize,
    pub(super) tokens: usize,
    pub(super) revenue: String,
    pub(super) status: &'static str,
    pub(super) status_text: String,
    /// Whether what is left and what was sold are what was listed.
    pub(super) adds_up: bool,
}

/// Reads it, if the listing is still one of its seller's latest.
///
/// # Errors
/// [`StoreError`]
pub(super) async fn read(
    marketplace: &Marketplace,
    id: ListingId,
) -> Result<Option<Ledger>, StoreError> {
    let Some(listing) = marketplace.readers.listings.find(id).await? else {
        return Ok(None);
    };
    let seller = listing.seller.id;
    let own = marketplace
        .readers
        .listings
        .of_seller(seller, PageRequest::default())
        .await?;
    let Some(own) = own.items.into_iter().find(|own| own.listing.id == id) else {
        return Ok(None);
    };
    let page = PageRequest {
        after: None,
        limit: PageLimit::MAX,
    };
    let sales = marketplace
        .readers
        .orders
        .of_seller(seller, SalesPeriod::default(), page)
        .await?
        .items;
    let orders: Vec<_> = sales
        .into_iter()
        .map(|sale| sale.order)
        .filter(|order| order.listing_id == id)
        .collect();
    let tokens: HashSet<_> = orders.iter().filter_map(|order| order.token_id).collect();
    let left = own.listing.available.get();
    let status = own.listing.status().into();
    Ok(Some(Ledger {
        left: format::count(left),
        sold: format::count(own.units_sold),
        orders: orders.len(),
        tokens: tokens.len(),
        revenue: format::money(own.revenue),
        status,
        status_text: format::status(status),
        adds_up: own.units_sold.checked_add(left.into()) == Some(UNITS.into()),
    }))
}
