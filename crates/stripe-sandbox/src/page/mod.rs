//! The hosted page, on which a buyer pays, has a card declined, or lets the session expire.
//!
//! Its buttons post to the page itself and then redirect to the application, as Stripe's do.

mod html;

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use askama::Template;
use strum::EnumString;

use crate::account::{PayWhen, RequestError};
use crate::context::ContextData;
use crate::model::{Cause, Session, SessionStatus};
use crate::wire::Form;
use html::{CheckoutPage, MessagePage};

/// Configures `/c/pay/{session}`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/c/pay/{session}")
            .route(web::get().to(show))
            .route(web::post().to(submit)),
    );
}

async fn show(path: web::Path<String>, context: ContextData) -> HttpResponse {
    let session = context.update(|state, _| state.account.sessions.find(&path).cloned());
    match session {
        Some(session) => session_page(&session),
        None => not_found(),
    }
}

/// Value of the form field `action`: the button that was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString)]
#[strum(serialize_all = "snake_case")]
enum Action {
    Pay,
    Decline,
    Expire,
}

async fn submit(path: web::Path<String>, body: web::Bytes, context: ContextData) -> HttpResponse {
    let action = Form::parse(&body).take("action");
    let Some(action) = action.and_then(|name| name.parse().ok()) else {
        let message = "The form field `action` must be `pay`, `decline` or `expire`.";
        let page = MessagePage::new("Bad request", message);
        return html(StatusCode::BAD_REQUEST, &page);
    };
    let (result, session) = context.update(|state, now| {
        let account = &mut state.account;
        let cause = Cause::at(now);
        let result = match action {
            Action::Pay => account.pay(&path, PayWhen::Open, &cause),
            Action::Decline => account.decline(&path, &cause),
            Action::Expire => account.expire_session(&path, &cause),
        };
        (result, account.sessions.find(&path).cloned())
    });
    match (result, session) {
        (_, None) => not_found(),
        (Ok(()), Some(session)) => redirect(action, &session),
        (Err(error), Some(session)) => rejected(&error, &session),
    }
}

fn redirect(action: Action, session: &Session) -> HttpResponse {
    let url = match action {
        Action::Pay => Some(session.success_url()),
        Action::Decline | Action::Expire => session.cancel_url(),
    };
    let url = url.unwrap_or_else(|| format!("/c/pay/{}", session.id));
    HttpResponse::SeeOther()
        .insert_header((LOCATION, url))
        .finish()
}

fn rejected(error: &RequestError, session: &Session) -> HttpResponse {
    if let RequestError::SessionNotOpen { .. } = error {
        return session_page(session);
    }
    let message = error.to_string();
    let page = MessagePage::new("Bad request", &message);
    html(StatusCode::BAD_REQUEST, &page)
}

fn session_page(session: &Session) -> HttpResponse {
    match session.status {
        SessionStatus::Open => html(StatusCode::OK, &CheckoutPage::new(session)),
        SessionStatus::Complete => html(StatusCode::CONFLICT, &MessagePage::complete(session)),
        SessionStatus::Expired => html(StatusCode::GONE, &MessagePage::expired(session)),
    }
}

fn not_found() -> HttpResponse {
    let message = "There is no such checkout. A sandbox without a journal forgets its checkouts when it stops.";
    let page = MessagePage::new("Not found", message);
    html(StatusCode::NOT_FOUND, &page)
}

fn html(status: StatusCode, page: &impl Template) -> HttpResponse {
    let Ok(body) = page.render() else {
        return HttpResponse::InternalServerError().finish();
    };
    // No `form-action`: browsers apply it to the redirect as well, which leads to another origin.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header(("Content-Security-Policy", policy))
        .insert_header(("Referrer-Policy", "no-referrer"))
        .body(body)
}
