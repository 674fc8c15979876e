//! The seller's key, on the one page that ever shows it.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::id::TokenId;

use super::{find, path};
use crate::answer::{Answer, private, see_other};
use crate::shell::Shell;
use crate::trouble::Trouble;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "revealed.html")]
struct RevealedPage<'a> {
    shell: Shell,
    path: String,
    service_name: String,
    endpoint_url: Option<String>,
    /// Borrowed: no copy is made of it but the page itself.
    api_key: &'a str,
}

/// Shows the key in the answer to the form, and not at an address of its own: it is opened anew, and on
/// record, each time.
pub(crate) async fn reveal(visit: Visit) -> Answer {
    let id: TokenId = visit.id()?;
    let token = find(&visit, id).await?.ok_or(Trouble::NotFound)?;
    let tokens = &visit.marketplace().tokens;
    let access = tokens.reveal(visit.account()?, &visit.origin(), id).await?;
    let page = RevealedPage {
        shell: visit.shell(),
        path: path(id),
        service_name: token.service_name.to_string(),
        endpoint_url: access.endpoint_url.as_ref().map(ToString::to_string),
        api_key: access.api_key.expose(),
    };
    private(StatusCode::OK, &page)
}

/// Whoever comes by the address alone is shown the token, with the button.
pub(crate) async fn show(visit: Visit) -> Answer {
    Ok(see_other(&path(visit.id()?)))
}
