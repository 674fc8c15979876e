//! The tokens that a buyer holds.

pub(crate) mod reveal;
pub(crate) mod revoke;

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::id::TokenId;
use udam_domain::page::PageRequest;
use udam_domain::time::Timestamp;
use udam_domain::token::{Token, TokenStatus};

use crate::error::PageError;
use crate::format;
use crate::layout::{Layout, Notice};
use crate::request::Request;
use crate::response::{PageResult, private};

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    layout: Layout,
    tokens: Vec<TokenRow>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "token.html")]
struct TokenPage {
    layout: Layout,
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
        let status = token.status(now).into();
        Self {
            path: path(token.id),
            service_name: token.service_name.to_string(),
            units: format::count(token.units),
            status,
            status_text: format::status(status),
            expires: format::instant(token.expires_at),
            has_expired: token.expires_at <= now,
        }
    }
}

fn path(id: TokenId) -> String {
    format!("/tokens/{id}")
}

/// A token of the visitor's own.
async fn find(request: &Request, id: TokenId) -> Result<Option<Token>, PageError> {
    let viewer = request.signed_in()?.account.id;
    Ok(request
        .marketplace()
        .readers
        .tokens
        .find(id, viewer)
        .await?)
}

/// Shows a page of them.
pub(crate) async fn list(request: Request) -> PageResult {
    let buyer = request.signed_in()?.account.id;
    let tokens = &request.marketplace().readers.tokens;
    let page = PageRequest {
        after: request.form.value("after").parse().ok(),
        ..PageRequest::default()
    };
    let page = tokens.of_buyer(buyer, page).await?;
    let now = request.marketplace().clock.now();
    let tokens = page.items.iter().map(|token| TokenRow::new(token, now));
    let page = TokensPage {
        layout: request.layout(),
        tokens: tokens.collect(),
        next: page.next.map(|last| format!("/tokens?after={last}")),
    };
    private(StatusCode::OK, &page)
}

/// Shows one.
pub(crate) async fn show(request: Request) -> PageResult {
    let token = find(&request, request.path_id()?).await?;
    let token = token.ok_or(PageError::NotFound)?;
    let now = request.marketplace().clock.now();
    let status = token.status(now);
    let mut layout = request.layout();
    if status == TokenStatus::Revoked && request.flash() == "revoked" {
        layout = layout.with_notice(Notice::success("The token is revoked."));
    }
    let page = TokenPage {
        layout,
        token: TokenRow::new(&token, now),
        id: token.id.to_string(),
        listing: format!("/listings/{}", token.listing_id),
        order: format!("/orders/{}", token.order_id),
        issued: format::instant(token.created_at),
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
