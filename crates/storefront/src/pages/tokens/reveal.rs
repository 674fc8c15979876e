//! Revealing the seller's API key, on the only page that ever shows it.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::id::TokenId;

use super::{find, path};
use crate::error::PageError;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

#[derive(Template)]
#[template(path = "revealed.html")]
struct RevealedPage<'a> {
    layout: Layout,
    path: String,
    service_name: String,
    endpoint_url: Option<String>,
    /// Borrowed, so that the page is the only copy.
    api_key: &'a str,
}

/// Shows the key in the response to the form, not at an address of its own: every reveal is audited.
pub(crate) async fn reveal(request: Request) -> PageResult {
    let id: TokenId = request.path_id()?;
    let token = find(&request, id).await?.ok_or(PageError::NotFound)?;
    let tokens = &request.marketplace().tokens;
    let access = tokens.reveal(request.actor()?, id).await?;
    let page = RevealedPage {
        layout: request.layout(),
        path: path(id),
        service_name: token.service_name.to_string(),
        endpoint_url: access.endpoint_url.as_ref().map(ToString::to_string),
        api_key: access.api_key.expose(),
    };
    private(StatusCode::OK, &page)
}

/// Redirects a visitor who opens the address itself to the token, which has the button.
pub(crate) async fn show(request: Request) -> PageResult {
    Ok(see_other(&path(request.path_id()?)))
}
