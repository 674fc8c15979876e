//! Shared parts of registering, logging in and logging out.

pub(crate) mod forgot_password;
mod local_path;
pub(crate) mod log_in;
pub(crate) mod register;
pub(crate) mod reset_password;
pub(crate) mod second_factor;
pub(crate) mod step_up;
pub(crate) mod verify_email;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::account::SessionToken;
use udam_domain::marketplace::OpenedSession;
use url::form_urlencoded;

use crate::cookies::{self, Purpose};
use crate::device::DeviceSecret;
use crate::error::PageError;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

/// Ends the current session, if there is one.
pub(crate) async fn log_out(request: Request) -> PageResult {
    if request.is_signed_in() {
        let signed_in = request.signed_in()?;
        let sessions = &request.marketplace().sessions;
        sessions.end(request.actor()?, signed_in.session.id).await?;
    }
    clear_session(&request, "/")
}

/// Sets the session's cookie, and that of the device that its account is recognized by, if it is, and
/// redirects. From here on, CSRF tokens are derived from the session.
fn start_session(
    request: &Request,
    opened: &OpenedSession,
    device: Option<&DeviceSecret>,
    next: Option<&str>,
) -> PageResult {
    let stage = request.store.stage();
    let session = &opened.signed_in.session;
    let (expires_at, now) = (session.expires_at, session.created_at);
    let mut response = redirect_to(next);
    let session = cookies::sign_in(&opened.token, expires_at, now, stage);
    cookies::set(&mut response, &session)?;
    cookies::set(&mut response, &cookies::removal(Purpose::Visitor, stage))?;
    if let Some(device) = device {
        device.set(&mut response, request)?;
    }
    Ok(response)
}

/// Sets the cookie of the session that goes on under another token.
pub(super) fn renew_session(
    request: &Request,
    response: &mut HttpResponse,
    token: &SessionToken,
) -> Result<(), PageError> {
    let expires_at = request.signed_in()?.session.expires_at;
    let now = request.marketplace().clock.now();
    let stage = request.store.stage();
    cookies::set(response, &cookies::sign_in(token, expires_at, now, stage))
}

/// Removes the session's cookie and redirects.
pub(super) fn clear_session(request: &Request, path: &str) -> PageResult {
    let mut response = see_other(path);
    let stage = request.store.stage();
    cookies::set(&mut response, &cookies::removal(Purpose::Session, stage))?;
    Ok(response)
}

/// Shows a form, and sets a cookie for its CSRF token if the browser has none.
fn show_form<P: Template>(
    request: &mut Request,
    status: StatusCode,
    page: impl FnOnce(Layout) -> P,
) -> PageResult {
    let cookie = request.issue_csrf_cookie();
    let mut response = private(status, &page(request.layout()))?;
    if let Some(cookie) = cookie {
        cookie.set(&mut response, &request.store)?;
    }
    Ok(response)
}

/// Redirects to the page that was asked for before logging in, a [`local_path`].
fn redirect_to(next: Option<&str>) -> HttpResponse {
    see_other(next.unwrap_or("/"))
}

/// The path of the other form, with the page to continue to.
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
