//! Where calls through the gateway go.

use udam_domain::id::ListingId;

use crate::error::PageError;
use crate::request::Request;

/// An address at which a listing can be called: with the first path that it sells.
pub(crate) async fn callable_address(
    request: &Request,
    listing: ListingId,
) -> Result<String, PageError> {
    let found = request.marketplace().readers.listings.find(listing).await?;
    let terms = found.and_then(|listing| listing.details.gateway);
    let paths = terms.unwrap_or_default().paths;
    let path = paths
        .prefixes()
        .first()
        .map_or("/", |prefix| prefix.as_str());
    Ok(format!("{}{path}", request.gateway_address(listing)))
}
