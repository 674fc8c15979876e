//! The tokens that a buyer holds.

pub(crate) mod reveal;
pub(crate) mod revoke;

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::id::TokenId;
use udam_domain::page::PageRequest;
use udam_domain::time::Timestamp;
use udam_domain::token::{Token, TokenStatus};

use crate::answer::{Answer, private};
use crate::shell::Shell;
use crate::trouble::Trouble;
use crate::visit::Visit;
use crate::words;

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    shell: Shell,
    tokens: Vec<TokenRow>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "token.html")]
struct TokenPage {
    shell: Shell,
    token: TokenRow,
    id: String,
    listing: String,
    order: String,
    issued: String,
    opens: bool,
    /// What the status means, in a sentence or two.
    meaning: &'static str,
    is_revoked: bool,
}

/// What is said of a token wherever it is shown.
struct TokenRow {
    path: String,
    service_name: String,
    units: String,
    status: &'static str,
    status_text: String,
    expires: String,
    has_expired: bool,
}

impl TokenRow {
    fn new(token: &Token, now: Timestamp) -> Self {
        let status = token.status(now).as_str();
        Self {
            path: path(token.id),
            service_name: token.service_name.to_string(),
            units: words::count(token.units),
            status,
            status_text: words::status(status),
            expires: words::instant(token.expires_at),
            has_expired: token.expires_at <= now,
        }
    }
}

fn path(id: TokenId) -> String {
    format!("/tokens/{id}")
}

/// A token of the visitor's own.
async fn find(visit: &Visit, id: TokenId) -> Result<Option<Token>, Trouble> {
    let viewer = visit.account()?.account.id;
    Ok(visit.marketplace().tokens.find(id, viewer).await?)
}

/// Shows a page of them.
pub(crate) async fn list(visit: Visit) -> Answer {
    let buyer = visit.account()?.account.id;
    let tokens = &visit.marketplace().tokens;
    let page = PageRequest {
        after: visit.form.value("after").parse().ok(),
        ..PageRequest::default()
    };
    let page = tokens.of_buyer(buyer, page).await?;
    let now = tokens.clock.now();
    let tokens = page.items.iter().map(|token| TokenRow::new(token, now));
    let page = TokensPage {
        shell: visit.shell(),
        tokens: tokens.collect(),
        next: page.next.map(|last| format!("/tokens?after={last}")),
    };
    private(StatusCode::OK, &page)
}

/// Shows one.
pub(crate) async fn show(visit: Visit) -> Answer {
    let token = find(&visit, visit.id()?).await?;
    let token = token.ok_or(Trouble::NotFound)?;
    let now = visit.marketplace().tokens.clock.now();
    let status = token.status(now);
    let mut shell = visit.shell();
    if status == TokenStatus::Revoked && visit.done() == "revoked" {
        shell = shell.saying("good", "The token is revoked.");
    }
    let page = TokenPage {
        shell,
        token: TokenRow::new(&token, now),
        id: token.id.to_string(),
        listing: format!("/listings/{}", token.listing_id),
        order: format!("/orders/{}", token.order_id),
        issued: words::instant(token.created_at),
        opens: status == TokenStatus::Active,
        meaning: meaning(status),
        is_revoked: status == TokenStatus::Revoked,
    };
    private(StatusCode::OK, &page)
}

const fn meaning(status: TokenStatus) -> &'static str {
    match status {
        TokenStatus::Active => {
            "It opens the seller's key until it expires. Reveal the key where nobody looks over your shoulder."
        }
        TokenStatus::Suspended => {
            "Its payment is disputed. It opens nothing until that is settled with your bank or card company; if \
             it is settled in the seller's favour, the token is active again."
        }
        TokenStatus::Revoked => {
            "It was revoked, and opens nothing any more. To go on using the service, buy units again."
        }
        TokenStatus::Expired => {
            "Its time is up, and it opens nothing any more. To go on using the service, buy units again."
        }
    }
}

#[cfg(test)]
mod tests;
