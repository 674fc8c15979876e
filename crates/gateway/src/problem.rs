use std::error::Error;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use udam_domain::gateway::{CallOutcome, DrawRefused};
use udam_domain::marketplace::BeginCallError;
use udam_domain::{StoreError, VaultError};
use udam_web::{Failure, Severity, request_id};

use crate::cross_origin::share;
use crate::metrics::count_refused;
use crate::report::{CallReport, add_report};

/// Says that the gateway answers, and not the service.
const ORIGIN: &str = "udam-origin";

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident => $status:ident, $code:literal, $title:literal, $detail:literal;)*) => {
        /// An answer of the gateway's own. Its code is relied on by clients.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Problem {
            $(#[doc = $title] $name,)*
        }

        impl Problem {
            const fn entry(self) -> (StatusCode, &'static str, &'static str, &'static str) {
                match self {
                    $(Self::$name => (StatusCode::$status, $code, $title, $detail),)*
                }
            }

            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)*];
        }
    };
}

problems! {
    Malformed => BAD_REQUEST, "malformed_request",
        "Malformed request", "The address or the headers of the call are not what HTTP has. Check them; the path may not have segments of dots.";
    InvalidKey => UNAUTHORIZED, "invalid_access_key",
        "Invalid access key", "No access key was sent, or it does not open this listing. Send the api_key of the token where the service expects its key, as 'Authorization: Bearer', or as X-UDAM-Key.";
    UnitsExhausted => PAYMENT_REQUIRED, "units_exhausted",
        "Units exhausted", "The token, or the access key, has fewer units left than this call may cost. Buy more units of the listing.";
    NotAllowed => FORBIDDEN, "call_not_allowed",
        "Call not allowed", "The listing does not sell calls by this method to this path, or a browser asks for a part of a page. The listing says which calls it sells.";
    Suspended => FORBIDDEN, "suspended",
        "Suspended", "The operator of the marketplace has suspended the listing, its seller or your account. Send a complaint about the order, or ask the operator.";
    NotFound => NOT_FOUND, "not_found",
        "Not found", "The address does not name a listing. Use the endpoint_url of the token.";
    ClientTooSlow => REQUEST_TIMEOUT, "request_timeout",
        "Request timeout", "The request has not arrived whole. Nothing was charged; send all of it without a pause.";
    TokenRevoked => GONE, "token_revoked",
        "Token revoked", "The token was revoked. Place another order to get a new one.";
    TokenExpired => GONE, "token_expired",
        "Token expired", "The token has expired. Place another order to get a new one.";
    ListingArchived => GONE, "listing_archived",
        "Listing archived", "The seller has taken the listing off sale for good. Ask it for a refund, or send a complaint about the order.";
    TokenSuspended => LOCKED, "token_suspended",
        "Token suspended", "The payment of the token is disputed. Wait for the end of the dispute.";
    RateLimited => TOO_MANY_REQUESTS, "rate_limited",
        "Too many calls", "The token has made as many calls as the listing allows in this period. Wait for as many seconds as the Retry-After header says.";
    Internal => INTERNAL_SERVER_ERROR, "internal_error",
        "Internal error", "Nothing was charged. Try again; if it keeps failing, give the operator the request id.";
    Unreachable => BAD_GATEWAY, "upstream_unreachable",
        "Service unreachable", "No connection to the service could be made. Nothing was charged; try again later, or tell the seller.";
    Broken => BAD_GATEWAY, "upstream_broken",
        "Service broken", "The service broke off before an answer, or sent one that cannot be passed on. Nothing was charged; try again later, or tell the seller.";
    Overloaded => SERVICE_UNAVAILABLE, "overloaded",
        "Overloaded", "Nothing was charged. Try again after as many seconds as the Retry-After header says.";
    Timeout => GATEWAY_TIMEOUT, "upstream_timeout",
        "Service too slow", "The service did not answer in time. Nothing was charged; try again later, or tell the seller.";
}

/// Problem details (RFC 9457) in the form that the API has them.
#[derive(Serialize)]
struct ProblemResponse {
    r#type: String,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

/// A call that is answered by the gateway itself.
pub(crate) struct Refused {
    problem: Problem,
    severity: Severity,
    retry_after: Option<u64>,
    cause: Option<Box<dyn Error + Send + Sync>>,
    /// What its client is told of it, if its units were taken.
    report: Option<CallReport>,
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self {
            problem,
            severity: Severity::Expected,
            retry_after: None,
            cause: None,
            report: None,
        }
    }
}

impl From<BeginCallError> for Refused {
    fn from(error: BeginCallError) -> Self {
        let (problem, severity) = match &error {
            BeginCallError::Refused(refused) => (problem_of(refused), Severity::Expected),
            BeginCallError::Unavailable(StoreError::Overloaded) => {
                (Problem::Overloaded, Severity::Overloaded)
            }
            BeginCallError::Unavailable(StoreError::Unreachable(_))
            | BeginCallError::Vault(VaultError::Unavailable(_)) => {
                (Problem::Overloaded, Severity::Broken)
            }
            BeginCallError::Unavailable(StoreError::Failed(_))
            | BeginCallError::Vault(VaultError::Unsealable | VaultError::Unopenable) => {
                (Problem::Internal, Severity::Broken)
            }
        };
        let retry_after = match &error {
            BeginCallError::Refused(DrawRefused::RateLimited(retry)) => Some(retry.seconds),
            _ => (problem == Problem::Overloaded).then_some(1),
        };
        Self {
            severity,
            retry_after,
            cause: Some(Box::new(error)),
            ..problem.into()
        }
    }
}

const fn problem_of(refused: &DrawRefused) -> Problem {
    match refused {
        DrawRefused::InvalidKey => Problem::InvalidKey,
        DrawRefused::TokenRevoked => Problem::TokenRevoked,
        DrawRefused::TokenExpired => Problem::TokenExpired,
        DrawRefused::TokenSuspended => Problem::TokenSuspended,
        DrawRefused::Suspended => Problem::Suspended,
        DrawRefused::ListingArchived => Problem::ListingArchived,
        DrawRefused::NotSold => Problem::NotAllowed,
        DrawRefused::UnitsExhausted { .. } | DrawRefused::KeyUnitsExhausted { .. } => {
            Problem::UnitsExhausted
        }
        DrawRefused::RateLimited(_) => Problem::RateLimited,
    }
}

/// The problem of a call that has ended so without an answer of its service.
pub(crate) const fn problem_of_outcome(outcome: CallOutcome) -> Problem {
    match outcome {
        CallOutcome::NameNotFound
        | CallOutcome::AddressRefused
        | CallOutcome::ConnectionRefused
        | CallOutcome::TlsFailed => Problem::Unreachable,
        CallOutcome::ConnectTimeout | CallOutcome::FirstByteTimeout => Problem::Timeout,
        CallOutcome::ClientGone => Problem::ClientTooSlow,
        CallOutcome::Lost => Problem::Internal,
        CallOutcome::Broken
        | CallOutcome::Answered(_)
        | CallOutcome::CutShort(_)
        | CallOutcome::ClientLeft(_) => Problem::Broken,
    }
}

impl Refused {
    /// A call whose units were taken, and are given back.
    pub(crate) fn returned(
        problem: Problem,
        cause: impl Into<Box<dyn Error + Send + Sync>>,
        report: Option<CallReport>,
    ) -> Self {
        let severity = match problem {
            Problem::Internal => Severity::Broken,
            _ => Severity::Expected,
        };
        Self {
            severity,
            cause: Some(cause.into()),
            report,
            ..problem.into()
        }
    }

    pub(crate) fn into_response(self, request: &HttpRequest) -> HttpResponse {
        let (status, code, title, detail) = self.problem.entry();
        count_refused(code);
        let mut answer = HttpResponse::build(status);
        answer
            .insert_header((
                CONTENT_TYPE,
                HeaderValue::from_static("application/problem+json"),
            ))
            .insert_header((ORIGIN, HeaderValue::from_static("gateway")))
            .insert_header(("cache-control", "no-store"));
        if self.problem == Problem::InvalidKey {
            answer.insert_header((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        }
        if let Some(seconds) = self.retry_after {
            answer.insert_header((RETRY_AFTER, seconds));
        }
        let mut answer = answer.json(ProblemResponse {
            r#type: format!("urn:udam:problem:{code}"),
            title,
            status: status.as_u16(),
            code,
            detail,
            request_id: request_id(request).map(|id| id.to_string()),
        });
        share(answer.headers_mut());
        if let Some(report) = &self.report {
            add_report(answer.headers_mut(), report);
        }
        answer.extensions_mut().insert(Failure {
            code,
            severity: self.severity,
            cause: self.cause,
        });
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_an_error_status_and_a_code_of_its_own() {
        let mut codes: Vec<_> = Problem::ALL
            .iter()
            .map(|problem| problem.entry().1)
            .collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Problem::ALL.len());
        assert!(
            Problem::ALL
                .iter()
                .all(|problem| problem.entry().0.as_u16() >= 400)
        );
    }
}
