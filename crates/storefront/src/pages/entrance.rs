//! Coming in and going out: what registering, logging in and logging out have in common.

pub(crate) mod log_in;
mod own_path;
pub(crate) mod register;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::account::Email;
use udam_domain::marketplace::OpenedSession;
use url::form_urlencoded;

use crate::answer::{Answer, private, see_other};
use crate::cookies::{self, Purpose};
use crate::shell::Shell;
use crate::trouble::Trouble;
use crate::visit::Visit;

/// Ends the session that asks. That it had ended already is as good.
pub(crate) async fn log_out(visit: Visit) -> Answer {
    if visit.is_signed_in() {
        let signed_in = visit.account()?;
        let sessions = &visit.marketplace().sessions;
        sessions
            .end(signed_in.account.id, signed_in.session.id)
            .await?;
    }
    leave(&visit, "/")
}

/// Sends on whoever has a session by now. The secret of their forms is the session from here on.
fn enter(visit: &Visit, opened: &OpenedSession, next: Option<&str>) -> Answer {
    let stage = visit.store.settings.stage;
    let session = &opened.signed_in.session;
    let (expires_at, now) = (session.expires_at, session.created_at);
    let mut answer = onwards(next);
    let session = cookies::sign_in(&opened.token, expires_at, now, stage);
    cookies::set(&mut answer, &session)?;
    cookies::set(&mut answer, &cookies::forget(Purpose::Visitor, stage))?;
    Ok(answer)
}

/// Sends on whoever has no session any more.
pub(super) fn leave(visit: &Visit, path: &str) -> Answer {
    let mut answer = see_other(path);
    let stage = visit.store.settings.stage;
    cookies::set(&mut answer, &cookies::forget(Purpose::Session, stage))?;
    Ok(answer)
}

/// Counts an attempt at this account's password, wherever on our pages it is made.
pub(super) fn count_attempt(visit: &Visit, email: &Email) -> Result<(), Trouble> {
    Ok(visit.store.premises.admit_attempt(email)?)
}

/// Shows a form to a browser that may never have been here.
fn show_form<P: Template>(
    visit: &mut Visit,
    status: StatusCode,
    page: impl FnOnce(Shell) -> P,
) -> Answer {
    let newcomer = visit.make_known();
    let mut answer = private(status, &page(visit.shell()))?;
    if let Some(newcomer) = newcomer {
        newcomer.give(&mut answer, &visit.store)?;
    }
    Ok(answer)
}

/// To the page they came for, which has been found to be ours.
fn onwards(next: Option<&str>) -> HttpResponse {
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
