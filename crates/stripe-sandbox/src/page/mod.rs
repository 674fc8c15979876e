//! The hosted page, where a buyer pays, or has a card declined, or lets the session end.
//!
//! Its buttons post to the page itself and then lead where the application said, as Stripe's do.

mod html;

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};

use crate::account::{Occasion, Refusal, Session, SessionStatus, Timing};
use crate::form::Form;
use crate::shared::Shared;

type State = web::ThinData<Arc<Shared>>;

/// `/c/pay/{session}`
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/c/pay/{session}")
            .route(web::get().to(show))
            .route(web::post().to(act)),
    );
}

async fn show(path: web::Path<String>, shared: State) -> HttpResponse {
    let session = shared.visit(|world, _| world.account.sessions.find(&path).cloned());
    match session {
        Some(session) => page(&session),
        None => nothing_here(),
    }
}

/// What a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Pay,
    Decline,
    Expire,
}

impl Action {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "pay" => Some(Self::Pay),
            "decline" => Some(Self::Decline),
            "expire" => Some(Self::Expire),
            _ => None,
        }
    }
}

async fn act(path: web::Path<String>, body: web::Bytes, shared: State) -> HttpResponse {
    let action = Form::parse(&body).take("action");
    let Some(action) = action.as_deref().and_then(Action::parse) else {
        let message = "The form field `action` must be `pay`, `decline` or `expire`.";
        return written(
            StatusCode::BAD_REQUEST,
            html::message("Not understood", message),
        );
    };
    let acted = shared.visit(|world, now| {
        let account = &mut world.account;
        let occasion = Occasion::at(now);
        let result = match action {
            Action::Pay => account.pay(&path, Timing::WhileOpen, &occasion),
            Action::Decline => account.decline(&path, &occasion),
            Action::Expire => account.expire_session(&path, &occasion),
        };
        (result, account.sessions.find(&path).cloned())
    });
    match acted {
        (_, None) => nothing_here(),
        (Ok(()), Some(session)) => lead_on(action, &session),
        (Err(refusal), Some(session)) => refused(&refusal, &session),
    }
}

fn lead_on(action: Action, session: &Session) -> HttpResponse {
    let terms = &session.terms;
    let to = match action {
        Action::Pay => Some(&terms.success_url),
        Action::Decline | Action::Expire => terms.cancel_url.as_ref(),
    };
    // Only the placeholder as it is documented, and not an escaped one: Stripe, too, leaves that as
    // it is.
    let to = to.map_or_else(
        || format!("/c/pay/{}", session.id),
        |url| url.replace("{CHECKOUT_SESSION_ID}", &session.id),
    );
    HttpResponse::SeeOther()
        .insert_header((LOCATION, to))
        .finish()
}

fn refused(refusal: &Refusal, session: &Session) -> HttpResponse {
    match refusal {
        Refusal::SessionNotOpen { .. } => page(session),
        _ => written(
            StatusCode::BAD_REQUEST,
            html::message("Not possible", &refusal.to_string()),
        ),
    }
}

fn page(session: &Session) -> HttpResponse {
    match session.status {
        SessionStatus::Open => written(StatusCode::OK, html::checkout(session)),
        SessionStatus::Complete => written(StatusCode::CONFLICT, html::complete(session)),
        SessionStatus::Expired => written(StatusCode::GONE, html::expired(session)),
    }
}

fn nothing_here() -> HttpResponse {
    let message = "The sandbox knows no such checkout. It forgets everything when it stops.";
    written(
        StatusCode::NOT_FOUND,
        html::message("Nothing here", message),
    )
}

fn written(status: StatusCode, page: String) -> HttpResponse {
    // No `form-action`: browsers apply it to the redirect as well, which leads elsewhere.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header(("Content-Security-Policy", policy))
        .insert_header(("Referrer-Policy", "no-referrer"))
        .body(page)
}
