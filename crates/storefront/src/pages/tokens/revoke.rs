//! Revoking a token.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::id::TokenId;
use udam_domain::token::TokenState;

use super::{find, path};
use crate::format;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

#[derive(Template)]
#[template(path = "revoke.html")]
struct RevokePage {
    layout: Layout,
    id: String,
    /// Details for the token's buyer. Its seller can revoke it without seeing it.
    held: Option<Held>,
}

struct Held {
    service_name: String,
    units: String,
    path: String,
}

/// Shows what revoking means, with a button to confirm.
pub(crate) async fn confirm(request: Request) -> PageResult {
    let id: TokenId = request.path_id()?;
    let held = find(&request, id).await?;
    if held
        .as_ref()
        .is_some_and(|token| token.state == TokenState::Revoked)
    {
        return Ok(see_other(&path(id)));
    }
    let page = RevokePage {
        layout: request.layout(),
        id: id.to_string(),
        held: held.map(|token| Held {
            service_name: token.service_name.to_string(),
            units: format::count(token.units),
            path: path(id),
        }),
    };
    private(StatusCode::OK, &page)
}

/// Revokes the token, and redirects its buyer to it and its seller to the sales.
pub(crate) async fn revoke(request: Request) -> PageResult {
    let id: TokenId = request.path_id()?;
    let by = request.actor()?;
    let tokens = &request.marketplace().tokens;
    let token = tokens.revoke(by, id).await?;
    let back = if token.buyer_id == by.account_id {
        path(id)
    } else {
        "/my/sales".to_owned()
    };
    Ok(see_other(&request.with_flash(&back, "revoked")))
}
