//! Errors of pages, and what their visitors read.

mod accounts;
mod from_domain;
mod gateway;
#[cfg(test)]
mod tests;
mod text;

use std::error::Error;

use actix_web::http::StatusCode;
use udam_web::body::BodyLimit;

/// An error for the log, which no page shows.
pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// Why there is no page. [`error_page`](crate::error_page) makes one of it.
#[derive(Debug)]
pub(crate) enum PageError {
    /// Nobody is signed in: the browser is sent to the login page, and back afterwards.
    LoginRequired {
        /// Local path and query to return to.
        return_to: String,
    },
    /// The second factor must be proved again: the browser is sent there, and back afterwards.
    StepUpRequired {
        /// Local path and query to return to.
        return_to: String,
    },
    /// Operators alone may do it, and they need a second factor.
    SecondFactorNeeded,
    /// Nothing is at this address, or the visitor may not see it.
    NotFound,
    /// The path takes only these methods, as the `Allow` header lists them.
    MethodNotAllowed(String),
    /// It belongs to another account.
    Forbidden,
    /// The form's token or origin is not ours, or belongs to a session that has changed since.
    CsrfRejected,
    /// The body is no form, was cut short, or lacks a field that our pages always send.
    BadRequest,
    /// The body is larger than a form may be.
    PayloadTooLarge(BodyLimit),
    /// The current state does not allow it. Holds the reason, as a sentence.
    Conflict(String),
    /// It is over for good. Holds the reason, as a sentence.
    Gone(String),
    /// Too many requests; seconds until the next one is accepted.
    RateLimited(u64),
    /// The request was rejected before anything was done.
    Overloaded,
    /// The database did not answer: the request may or may not have been carried out.
    OutcomeUnknown {
        /// Advice, as a sentence.
        advice: &'static str,
        /// For the log.
        cause: BoxError,
    },
    /// The payment provider failed.
    PaymentProviderFailed(BoxError),
    /// No payment provider is configured.
    PaymentsUnavailable,
    /// A fault of ours.
    Internal(BoxError),
}

impl PageError {
    /// The status of the response.
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::LoginRequired { .. } => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::StepUpRequired { .. }
            | Self::SecondFactorNeeded
            | Self::Forbidden
            | Self::CsrfRejected => StatusCode::FORBIDDEN,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::PayloadTooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Gone(_) => StatusCode::GONE,
            Self::RateLimited(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Overloaded | Self::OutcomeUnknown { .. } | Self::PaymentsUnavailable => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::PaymentProviderFailed(_) => StatusCode::BAD_GATEWAY,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Seconds after which asking again makes sense, for the `Retry-After` header.
    pub(crate) const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited(seconds) => Some(*seconds),
            Self::Overloaded | Self::OutcomeUnknown { .. } => Some(1),
            _ => None,
        }
    }

    /// The error behind it, if the log has to show one.
    pub(crate) fn cause(&self) -> Option<&(dyn Error + Send + Sync)> {
        match self {
            Self::OutcomeUnknown { cause, .. }
            | Self::PaymentProviderFailed(cause)
            | Self::Internal(cause) => Some(cause.as_ref()),
            _ => None,
        }
    }
}
