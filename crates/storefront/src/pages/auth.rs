//! Coming in and going out: what registering, logging in and logging out have in common.

mod local_path;
pub(crate) mod log_in;
pub(crate) mod register;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::account::Email;
use udam_domain::marketplace::OpenedSession;
use url::form_urlencoded;

use crate::cookies::{self, Purpose};
use crate::error::PageError;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

/// Ends the session that asks. That it had ended already is as good.
pub(crate) async fn log_out(request: Request) -> PageResult {
    if request.is_signed_in() {
        let signed_in = request.signed_in()?;
        let sessions = &request.marketplace().sessions;
        sessions
            .end(signed_in.account.id, signed_in.session.id)
            .await?;
    }
    clear_session(&request, "/")
}

/// Sends on whoever has a session by now. The secret of their forms is the session from here on.
fn start_session(request: &Request, opened: &OpenedSession, next: Option<&str>) -> PageResult {
    let stage = request.store.settings.stage;
    let session = &opened.signed_in.session;
    let (expires_at, now) = (session.expires_at, session.created_at);
    let mut answer = redirect_to(next);
    let session = cookies::sign_in(&opened.token, expires_at, now, stage);
    cookies::set(&mut answer, &session)?;
    cookies::set(&mut answer, &cookies::forget(Purpose::Visitor, stage))?;
    Ok(answer)
}

/// Sends on whoever has no session any more.
pub(super) fn clear_session(request: &Request, path: &str) -> PageResult {
    let mut answer = see_other(path);
    let stage = request.store.settings.stage;
    cookies::set(&mut answer, &cookies::forget(Purpose::Session, stage))?;
    Ok(answer)
}

/// Counts an attempt at this account's password, wherever on our pages it is made.
pub(super) fn count_attempt(request: &Request, email: &Email) -> Result<(), PageError> {
    Ok(request.store.premises.admit_attempt(email)?)
}

/// Shows a form to a browser that may never have been here.
fn show_form<P: Template>(
    request: &mut Request,
    status: StatusCode,
    page: impl FnOnce(Layout) -> P,
) -> PageResult {
    let newcomer = request.issue_csrf_cookie();
    let mut answer = private(status, &page(request.layout()))?;
    if let Some(newcomer) = newcomer {
        newcomer.set(&mut answer, &request.store)?;
    }
    Ok(answer)
}

/// To the page they came for, which has been found to be ours.
fn redirect_to(next: Option<&str>) -> HttpResponse {
    see_other(next.unwrap_or("/"))
}

/// The other form's address, which keeps in mind the page they came for.
fn with_next(path: &str, next: Option<&str>) -> String {
    next.map_or_else(
        || path.to_owned(),
        |next| {
            let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
            format!("{path}?next={next}")
        },
    )
}

#[cfg(test)]
mod tests;
