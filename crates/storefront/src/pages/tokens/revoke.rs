//! Ending a token before its time.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::id::TokenId;
use udam_domain::token::TokenState;

use super::{find, path};
use crate::answer::{Answer, private, see_other};
use crate::shell::Shell;
use crate::visit::Visit;
use crate::words;

#[derive(Template)]
#[template(path = "revoke.html")]
struct RevokePage {
    shell: Shell,
    id: String,
    /// What it opens, for its buyer. A seller may end it without seeing it.
    held: Option<Held>,
}

struct Held {
    service_name: String,
    units: String,
    path: String,
}

/// Asks whether it is meant.
pub(crate) async fn ask(visit: Visit) -> Answer {
    let id: TokenId = visit.id()?;
    let held = find(&visit, id).await?;
    if held
        .as_ref()
        .is_some_and(|token| token.state == TokenState::Revoked)
    {
        return Ok(see_other(&path(id)));
    }
    let page = RevokePage {
        shell: visit.shell(),
        id: id.to_string(),
        held: held.map(|token| Held {
            service_name: token.service_name.to_string(),
            units: words::count(token.units),
            path: path(id),
        }),
    };
    private(StatusCode::OK, &page)
}

/// Ends it, and leads back to where it can be seen.
pub(crate) async fn revoke(visit: Visit) -> Answer {
    let id: TokenId = visit.id()?;
    let by = visit.account()?;
    let tokens = &visit.marketplace().tokens;
    let token = tokens.revoke(by, &visit.origin(), id).await?;
    let back = if token.buyer_id == by.account.id {
        path(id)
    } else {
        "/my/sales".to_owned()
    };
    Ok(see_other(&visit.having_done(&back, "revoked")))
}
