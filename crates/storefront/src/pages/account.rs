//! One's own account: who one is, and where one is signed in.

mod device;
pub(crate) mod password;
pub(crate) mod sessions;

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::account::Session;
use udam_domain::id::SessionId;
use udam_domain::page::PageRequest;

use super::auth::register::password_rule;
use crate::error::PageError;
use crate::form::Form;
use crate::format;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private};

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    layout: Layout,
    form: Form,
    name: String,
    email: String,
    id: String,
    sessions: Vec<SessionRow>,
    is_first: bool,
    next: Option<String>,
    password_rule: String,
}

/// A session in a row of others.
struct SessionRow {
    id: String,
    device: String,
    address: String,
    opened_at: String,
    last_seen_at: String,
    is_this_one: bool,
}

impl SessionRow {
    fn new(session: &Session, this_one: SessionId) -> Self {
        let origin = &session.origin;
        Self {
            id: session.id.to_string(),
            device: origin
                .device
                .as_ref()
                .map_or_else(|| "Unknown device".to_owned(), device::name),
            address: origin
                .address
                .map_or_else(|| "Unknown".to_owned(), |address| address.to_string()),
            opened_at: format::instant(session.created_at),
            last_seen_at: format::instant(session.last_seen_at),
            is_this_one: session.id == this_one,
        }
    }
}

/// Shows it.
pub(crate) async fn show(request: Request) -> PageResult {
    let after = request.form.value("after").parse().ok();
    let mut page = page(&request, Form::default(), after).await?;
    if let Some((kind, text)) = done(request.flash()) {
        page.layout = page.layout.with_notice(kind, text);
    }
    private(StatusCode::OK, &page)
}

/// What has just been done.
fn done(word: &str) -> Option<(&'static str, &'static str)> {
    Some(match word {
        "ended" => (
            "good",
            "The session has ended: whoever used it is logged out.",
        ),
        "gone" => (
            "plain",
            "You have no such session any more: it had ended already.",
        ),
        "password" => (
            "good",
            "Your password is changed. You stay logged in here; all your other sessions have ended.",
        ),
        _ => return None,
    })
}

/// The page, with the password form as it was filled in.
async fn page(
    request: &Request,
    form: Form,
    after: Option<SessionId>,
) -> Result<AccountPage, PageError> {
    let signed_in = request.signed_in()?;
    let account = &signed_in.account;
    let list_page = PageRequest {
        after,
        ..PageRequest::default()
    };
    let sessions = &request.marketplace().sessions;
    let page = sessions.of_account(account.id, list_page).await?;
    let this_one = signed_in.session.id;
    let rows = page.items.iter();
    Ok(AccountPage {
        layout: request.layout(),
        form,
        name: account.name.to_string(),
        email: account.email.to_string(),
        id: account.id.to_string(),
        sessions: rows
            .map(|session| SessionRow::new(session, this_one))
            .collect(),
        is_first: after.is_none(),
        next: page.next.map(|after| format!("/account?after={after}")),
        password_rule: password_rule(),
    })
}

#[cfg(test)]
mod tests;
