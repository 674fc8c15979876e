//! Selling: publishing and editing listings, sales and refunds.

pub(crate) mod archive;
pub(crate) mod calls;
pub(crate) mod edit;
mod gateway_form;
mod listing_form;
pub(crate) mod listings;
mod plot;
pub(crate) mod publish;
pub(crate) mod refund;
pub(crate) mod sales;
pub(crate) mod stock;

use udam_domain::id::ListingId;
use udam_domain::listing::Listing;

use crate::error::PageError;
use crate::request::Request;

/// The listing in the path, if the visitor sells it; to others it does not exist.
async fn own_listing(request: &Request) -> Result<Listing, PageError> {
    let seller = request.signed_in()?.account.id;
    let id: ListingId = request.path_id()?;
    let found = request.marketplace().readers.listings.find(id).await?;
    let own = found.filter(|listing| listing.seller.id == seller);
    own.ok_or(PageError::NotFound)
}

/// The path of the page where a listing is edited.
fn edit_path(id: ListingId) -> String {
    format!("/my/listings/{id}")
}

/// The path of the page of a listing's calls.
fn calls_path(id: ListingId) -> String {
    format!("/my/listings/{id}/calls")
}

#[cfg(test)]
mod tests;
