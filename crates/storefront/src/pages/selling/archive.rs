//! Asking before a listing is archived.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::listing::ListingState;

use super::{address, own_listing};
use crate::answer::{Answer, private, see_other};
use crate::shell::Shell;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "edit_listing_archive.html")]
struct ArchivePage {
    shell: Shell,
    id: String,
    service_name: String,
}

/// Says what it means, and asks.
pub(crate) async fn ask(visit: Visit) -> Answer {
    let listing = own_listing(&visit).await?;
    if listing.state == ListingState::Archived {
        return Ok(see_other(&address(listing.id)));
    }
    let page = ArchivePage {
        shell: visit.shell(),
        id: listing.id.to_string(),
        service_name: listing.details.service_name.to_string(),
    };
    private(StatusCode::OK, &page)
}
