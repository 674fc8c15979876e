//! The page of a [`PageError`]: what happened, and what to do next.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use askama::Template;
use udam_domain::error_chain;
use url::form_urlencoded;

use crate::error::PageError;
use crate::layout::Layout;
use crate::response::{private, see_other};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    layout: Layout,
    status: u16,
    heading: &'a str,
    explanation: &'a str,
    advice: &'a str,
}

/// Responds with the error's page, or sends the browser to log in or to prove the second factor. Logs what is a fault of ours or the
/// provider's.
pub(crate) fn respond(error: &PageError, layout: Layout) -> HttpResponse {
    let asked = match error {
        PageError::LoginRequired { return_to } => Some(("/login", return_to)),
        PageError::StepUpRequired { return_to } => Some(("/step-up", return_to)),
        _ => None,
    };
    if let Some((path, return_to)) = asked {
        let next: String = form_urlencoded::byte_serialize(return_to.as_bytes()).collect();
        return see_other(&format!("{path}?next={next}"));
    }
    if let Some(cause) = error.cause() {
        tracing::error!(cause = error_chain(cause), "a page failed");
    }
    let text = error.text();
    let page = ErrorPage {
        layout,
        status: error.status().as_u16(),
        heading: text.heading,
        explanation: &text.explanation,
        advice: &text.advice,
    };
    let mut response = private(error.status(), &page)
        .unwrap_or_else(|_unrendered| HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR));
    let headers = response.headers_mut();
    if let Some(seconds) = error.retry_after() {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    if let PageError::MethodNotAllowed(methods) = error
        && let Ok(methods) = methods.parse()
    {
        headers.insert(header::ALLOW, methods);
    }
    response
}
