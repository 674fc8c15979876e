//! The visitor's own account and sessions.

pub(crate) mod activity;
pub(crate) mod api_keys;
pub(crate) mod deletion;
mod device;
pub(crate) mod email;
mod email_state;
pub(crate) mod mail;
pub(crate) mod name;
pub(crate) mod password;
mod qr_code;
pub(crate) mod second_factor;
pub(crate) mod sessions;

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::account::Session;
use udam_domain::id::SessionId;
use udam_domain::page::PageRequest;

use self::email_state::EmailState;
use self::mail::TopicRow;
use super::auth::register::password_hint;
use crate::error::PageError;
use crate::form::Form;
use crate::format;
use crate::layout::{Layout, Notice};
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
    password_hint: String,
    email_state: EmailState,
    /// Number of recovery codes that are left; `None` without a second factor.
    recovery_codes: Option<u32>,
    /// Mails that the account can do without; none if no mail is sent.
    topics: Vec<TopicRow>,
}

/// A row of the table of sessions.
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

/// Shows the account.
pub(crate) async fn show(request: Request) -> PageResult {
    let mut page = page(&request, Form::default(), request.list_page()).await?;
    page.layout = page.layout.with_notice(notice(request.flash()));
    private(StatusCode::OK, &page)
}

/// The message of a flash code.
fn notice(code: &str) -> Option<Notice> {
    Some(match code {
        "ended" => Notice::success("The session has ended and its device is logged out."),
        "name" => Notice::success("Your public name has been changed."),
        "mails" => Notice::success("Your choice of mails is saved."),
        "sent" => Notice::info("A link is on its way. Follow it within an hour."),
        "verified" => Notice::success("Your address is verified."),
        "gone" => Notice::info("That session had already ended."),
        "factor_removed" => Notice::success(
            "Your second factor is off. You are still logged in here; all your other sessions have ended.",
        ),
        "password" => Notice::success(
            "Your password has been changed. You are still logged in here; all your other sessions have \
             ended.",
        ),
        _ => return None,
    })
}

/// The page, with the submitted form.
async fn page(
    request: &Request,
    mut form: Form,
    list_page: PageRequest<SessionId>,
) -> Result<AccountPage, PageError> {
    let signed_in = request.signed_in()?;
    let account = &signed_in.account;
    if form.error("name").is_none() {
        form.set("name", account.name.as_str());
    }
    let sessions = &request.marketplace().sessions;
    let page = sessions.of_account(account.id, list_page).await?;
    let this_one = signed_in.session.id;
    let factors = &request.marketplace().second_factors;
    let recovery_codes = if signed_in.has_factor {
        Some(factors.recovery_codes_left(signed_in).await?)
    } else {
        None
    };
    let topics = if request.sends_mail() {
        let subscriptions = &request.marketplace().subscriptions;
        mail::rows(&subscriptions.of(account.id).await?)
    } else {
        Vec::new()
    };
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
        is_first: list_page.after.is_none(),
        next: page.next.map(|after| format!("/account?after={after}")),
        password_hint: password_hint(),
        email_state: EmailState::of(request).await?,
        recovery_codes,
        topics,
    })
}

#[cfg(test)]
mod tests;
