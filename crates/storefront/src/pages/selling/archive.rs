//! Asking before a listing is archived.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::listing::ListingState;

use super::{address, own_listing};
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

/// Says what it means, and asks.
pub(crate) async fn ask(request: Request) -> PageResult {
    let listing = own_listing(&request).await?;
    if listing.state == ListingState::Archived {
        return Ok(see_other(&address(listing.id)));
    }
    let page = ArchivePage {
        layout: request.layout(),
        id: listing.id.to_string(),
        service_name: listing.details.service_name.to_string(),
    };
    private(StatusCode::OK, &page)
}
