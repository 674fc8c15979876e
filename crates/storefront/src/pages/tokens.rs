//! The visitor's tokens: the list, and the page of one token.

mod gateway;
pub(crate) mod keys;
pub(crate) mod reveal;
pub(crate) mod revoke;

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::id::TokenId;
use udam_domain::time::Timestamp;
use udam_domain::token::{Token, TokenStatus};

use self::gateway::GatewayPart;
use crate::error::PageError;
use crate::form::Form;
use crate::format;
use crate::layout::{Layout, Notice};
use crate::pages::service_changes;
use crate::request::Request;
use crate::response::{PageResult, private};
use crate::table::{Cell, Column, Table};

const COLUMNS: [Column; 5] = [
    Column::text("Service"),
    Column::number("Units"),
    Column::text("Status"),
    Column::text("Expires"),
    Column::text("Token"),
];

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    layout: Layout,
    table: Table,
    /// Address of the next page.
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "token.html")]
struct TokenPage {
    layout: Layout,
    id: String,
    /// Path of this page.
    path: String,
    service_name: String,
    units: String,
    status: &'static str,
    grants_access: bool,
    is_revoked: bool,
    /// Meaning of the status, in one or two sentences.
    meaning: &'static str,
    issued: String,
    expires: String,
    has_expired: bool,
    /// What the seller has changed since the order, as sentences.
    changed: Option<String>,
    /// Path of the listing.
    listing: String,
    /// Path of the order.
    order: String,
    /// Its use through the gateway; `None` if it reveals the seller's key instead.
    gateway: Option<GatewayPart>,
    /// The form that issues a further access key.
    form: Form,
}

fn path(id: TokenId) -> String {
    format!("/tokens/{id}")
}

/// A token of the visitor's, if it exists.
async fn find(request: &Request, id: TokenId) -> Result<Option<Token>, PageError> {
    let viewer = request.signed_in()?.account.id;
    Ok(request
        .marketplace()
        .readers
        .tokens
        .find(id, viewer)
        .await?)
}

/// Shows a page of the visitor's tokens, newest first.
pub(crate) async fn list(request: Request) -> PageResult {
    let buyer = request.signed_in()?.account.id;
    let marketplace = request.marketplace();
    let list_page = request.list_page();
    let page = marketplace
        .readers
        .tokens
        .of_buyer(buyer, list_page)
        .await?;
    let now = marketplace.clock.now();
    let page = TokensPage {
        layout: request.layout(),
        table: Table {
            caption: "Your tokens, newest first",
            columns: &COLUMNS,
            rows: page.items.iter().map(|token| row(token, now)).collect(),
        },
        next: page.next.map(|last| format!("/tokens?after={last}")),
    };
    private(StatusCode::OK, &page)
}

fn row(token: &Token, now: Timestamp) -> Vec<Cell> {
    vec![
        Cell::text(token.service_name.as_str()),
        Cell::Text(format::count(token.units)),
        Cell::Status(token.status(now).into()),
        Cell::Text(format::instant(token.expires_at)),
        Cell::link(
            path(token.id),
            "View",
            format!(" the token for {}", token.service_name),
        ),
    ]
}

/// Shows a token.
pub(crate) async fn show(request: Request) -> PageResult {
    let token = find(&request, request.path_id()?).await?;
    let token = token.ok_or(PageError::NotFound)?;
    page(&request, &token, StatusCode::OK, Form::default()).await
}

/// Responds with the page of a token, with a submitted form if it has errors.
async fn page(request: &Request, token: &Token, code: StatusCode, form: Form) -> PageResult {
    let now = request.marketplace().clock.now();
    let status = token.status(now);
    let notice = match request.flash() {
        "revoked" if status == TokenStatus::Revoked => {
            Some(Notice::success("The token is revoked."))
        }
        "key_deleted" => Some(Notice::success(
            "The key is deleted. No call begins with it any more.",
        )),
        _ => None,
    };
    let page = TokenPage {
        layout: request.layout().with_notice(notice),
        id: token.id.to_string(),
        path: path(token.id),
        service_name: token.service_name.to_string(),
        units: format::count(token.units),
        status: status.into(),
        grants_access: status == TokenStatus::Active,
        is_revoked: status == TokenStatus::Revoked,
        meaning: meaning(status, token.gateway.is_some()),
        issued: format::instant(token.created_at),
        expires: format::instant(token.expires_at),
        has_expired: token.expires_at <= now,
        changed: service_changes::sentences(token.changes_to_know(now)),
        listing: format!("/listings/{}", token.listing_id),
        order: format!("/orders/{}", token.order_id),
        gateway: GatewayPart::of(request, token, &path(token.id)).await?,
        form,
    };
    private(code, &page)
}

const fn meaning(status: TokenStatus, is_through_gateway: bool) -> &'static str {
    match status {
        TokenStatus::Active if is_through_gateway => {
            "Its keys open the service through the gateway until it expires or its units are spent. Reveal the \
             first key only where nobody can read your screen."
        }
        TokenStatus::Active => {
            "It reveals the seller's API key until it expires. Reveal the key only where nobody can read your \
             screen."
        }
        TokenStatus::Suspended => {
            "Its payment is disputed. It grants no access until your bank or card company has settled the \
             dispute; if the seller wins, the token becomes active again."
        }
        TokenStatus::Revoked => {
            "It was revoked and no longer grants access. To keep using the service, buy units again."
        }
        TokenStatus::Expired => {
            "It has expired and no longer grants access. To keep using the service, buy units again."
        }
    }
}

#[cfg(test)]
mod tests;
