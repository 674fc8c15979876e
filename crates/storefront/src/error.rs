//! Why there is no page, as a page: what happened, and what to do next.

mod from_domain;

use std::error::Error;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use askama::Template;
use url::form_urlencoded;

use crate::layout::Layout;
use crate::response::{private, see_other};

/// What only the log gets to see.
pub(crate) type Cause = Box<dyn Error + Send + Sync>;

/// Why there is no page.
#[derive(Debug)]
pub(crate) enum PageError {
    /// Nobody is signed in: they are sent to do so, and then back.
    LoginRequired {
        /// Which of our own paths to come back to.
        return_to: String,
    },
    /// Nothing is there, or it is not the visitor's to see.
    NotFound,
    /// The method does not apply; these do.
    MethodNotAllowed(String),
    /// It is somebody else's.
    Forbidden,
    /// The form is not one that we gave to this browser lately.
    CsrfRejected,
    /// What was sent is no form that we can read.
    BadRequest,
    /// What was sent is too large.
    PayloadTooLarge,
    /// What is wanted cannot be had as things stand. Says why, as a sentence.
    Conflict(String),
    /// What is wanted is no more. Says why, as a sentence.
    Gone(String),
    /// It is too soon, for so many seconds.
    RateLimited(u64),
    /// There is more to do than can be done, and it was refused before anything was.
    Overloaded,
    /// The database did not answer: what was asked for may or may not have been done.
    OutcomeUnknown {
        /// What to do about it.
        advice: &'static str,
        /// Why it did not.
        cause: Cause,
    },
    /// The payment provider failed.
    PaymentProviderFailed(Cause),
    /// There is no payment provider.
    PaymentsUnavailable,
    /// Something is broken here.
    Internal(Cause),
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    layout: Layout,
    status: u16,
    heading: &'a str,
    happened: &'a str,
    advice: &'a str,
}

/// What a visitor is told.
struct Told<'a>(StatusCode, &'a str, &'a str, &'a str);

impl PageError {
    fn told(&self) -> Told<'_> {
        match self {
            Self::LoginRequired { .. } => Told(
                StatusCode::UNAUTHORIZED,
                "Log in first",
                "This page belongs to an account.",
                "Log in, and you are brought back here.",
            ),
            Self::NotFound => Told(
                StatusCode::NOT_FOUND,
                "Nothing here",
                "There is nothing at this address, or it is not yours to see.",
                "Check the address, or look for it in the catalogue.",
            ),
            Self::MethodNotAllowed(_) => Told(
                StatusCode::METHOD_NOT_ALLOWED,
                "Not that way",
                "This address does not take what your browser sent.",
                "Go back to the page before, and use its buttons.",
            ),
            Self::Forbidden => Told(
                StatusCode::FORBIDDEN,
                "Not yours to change",
                "This belongs to another account.",
                "Log in as the account that it belongs to.",
            ),
            Self::CsrfRejected => Told(
                StatusCode::FORBIDDEN,
                "This form is out of date",
                "It was made before you logged in or out, or it does not come from this site. Nothing \
                 has been done.",
                "Go back, load the page anew, and send the form again. Cookies have to be allowed.",
            ),
            Self::BadRequest => Told(
                StatusCode::BAD_REQUEST,
                "That could not be read",
                "What your browser sent is not a form of this site, or was cut short.",
                "Go back, and send the form again.",
            ),
            Self::PayloadTooLarge => Told(
                StatusCode::PAYLOAD_TOO_LARGE,
                "That is too much",
                "A form may say 64 KiB at most.",
                "Go back, and shorten what you wrote.",
            ),
            Self::Conflict(why) => Told(
                StatusCode::CONFLICT,
                "That cannot be done now",
                why,
                "Look at how it stands now, and decide again.",
            ),
            Self::Gone(why) => Told(
                StatusCode::GONE,
                "That is over",
                why,
                "Place another order to get a new token.",
            ),
            Self::RateLimited(_) => Told(
                StatusCode::TOO_MANY_REQUESTS,
                "One moment",
                "You have asked for a lot in a short time.",
                "Wait a few seconds, then try again.",
            ),
            Self::Overloaded => Told(
                StatusCode::SERVICE_UNAVAILABLE,
                "Very busy",
                "There is more to do right now than can be done. Nothing has been charged.",
                "Try again in a moment.",
            ),
            Self::OutcomeUnknown { advice, .. } => Told(
                StatusCode::SERVICE_UNAVAILABLE,
                "No answer",
                "The database did not answer. It is not known whether what you asked for was done.",
                advice,
            ),
            Self::PaymentProviderFailed(_) => Told(
                StatusCode::BAD_GATEWAY,
                "The payment provider does not answer",
                "Your order is kept, and nothing has been charged.",
                "Open it under Orders, and try to pay again in a moment.",
            ),
            Self::PaymentsUnavailable => Told(
                StatusCode::SERVICE_UNAVAILABLE,
                "Payments are not set up",
                "This marketplace cannot take payments yet.",
                "Keep to orders small enough for your tab.",
            ),
            Self::Internal(_) => Told(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something broke",
                "It is our fault, and it has been written down.",
                "Look at how things stand before you try again. If it stays so, tell the operator what \
                 you did, and when.",
            ),
        }
    }

    /// The page that says so, to whom `layout` is made for.
    pub(crate) fn page(self, layout: Layout) -> HttpResponse {
        if let Self::LoginRequired { return_to } = &self {
            let next: String = form_urlencoded::byte_serialize(return_to.as_bytes()).collect();
            return see_other(&format!("/login?next={next}"));
        }
        self.write_down();
        let Told(status, heading, happened, advice) = self.told();
        let page = ErrorPage {
            layout,
            status: status.as_u16(),
            heading,
            happened,
            advice,
        };
        let mut answer = private(status, &page)
            .unwrap_or_else(|_unrendered| HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR));
        let wait = match &self {
            Self::RateLimited(seconds) => Some(*seconds),
            Self::Overloaded | Self::OutcomeUnknown { .. } => Some(1),
            _ => None,
        };
        if let Some(seconds) = wait {
            answer
                .headers_mut()
                .insert(header::RETRY_AFTER, seconds.into());
        }
        if let Self::MethodNotAllowed(methods) = &self
            && let Ok(methods) = methods.parse()
        {
            answer.headers_mut().insert(header::ALLOW, methods);
        }
        answer
    }

    fn write_down(&self) {
        let cause = match self {
            Self::OutcomeUnknown { cause, .. }
            | Self::PaymentProviderFailed(cause)
            | Self::Internal(cause) => udam_domain::error_chain(cause.as_ref()),
            _ => return,
        };
        tracing::error!(cause, "a page could not be made");
    }
}

#[cfg(test)]
mod tests;
