//! The confirmation before a listing is archived.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::listing::ListingState;

use super::{edit_path, own_listing};
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

#[derive(Template)]
#[template(path = "edit_listing_archive.html")]
struct ArchivePage {
    layout: Layout,
    id: String,
    service_name: String,
}

/// Shows what archiving means, with a button to confirm. Posts to the listing's status.
pub(crate) async fn confirm(request: Request) -> PageResult {
    let listing = own_listing(&request).await?;
    if listing.state == ListingState::Archived {
        return Ok(see_other(&edit_path(listing.id)));
    }
    let page = ArchivePage {
        layout: request.layout(),
        id: listing.id.to_string(),
        service_name: listing.details.service_name.to_string(),
    };
    private(StatusCode::OK, &page)
}
