//! Selling: putting listings on sale, changing them, and looking after what was bought of them.

pub(crate) mod archive;
pub(crate) mod edit;
pub(crate) mod listings;
mod plot;
pub(crate) mod publish;
pub(crate) mod refund;
pub(crate) mod sales;
pub(crate) mod stock;
mod terms;

use udam_domain::id::ListingId;
use udam_domain::listing::Listing;

use crate::trouble::Trouble;
use crate::visit::Visit;

/// The listing that the path names, for its seller alone: to others it is as if there were none.
async fn own_listing(visit: &Visit) -> Result<Listing, Trouble> {
    let seller = visit.account()?.account.id;
    let id: ListingId = visit.id()?;
    let found = visit.marketplace().catalogue.find(id).await?;
    let own = found.filter(|listing| listing.seller.id == seller);
    own.ok_or(Trouble::NotFound)
}

/// The pages of one listing for its seller.
fn address(id: ListingId) -> String {
    format!("/my/listings/{id}")
}

#[cfg(test)]
mod tests;
