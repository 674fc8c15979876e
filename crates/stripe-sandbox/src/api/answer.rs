use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::problem::Problem;
use crate::objects::API_VERSION;

/// An answer to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    /// The id of the request that this answers.
    request: String,
    /// The id of the request that was answered so first, if this is a repetition.
    original: Option<String>,
}

impl Answer {
    pub(crate) const fn success(request: String, body: String) -> Self {
        Self {
            status: 200,
            body,
            request,
            original: None,
        }
    }

    pub(crate) fn problem(request: String, problem: &Problem) -> Self {
        Self {
            status: problem.status(),
            body: problem.body(),
            request,
            original: None,
        }
    }

    /// The same answer to a later request.
    pub(crate) fn replayed(self, request: String) -> Self {
        Self {
            original: Some(self.original.unwrap_or(self.request)),
            request,
            ..self
        }
    }

    pub(crate) fn request(&self) -> &str {
        &self.request
    }

    pub(crate) fn into_response(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status);
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        response
            .content_type("application/json")
            .insert_header(("Request-Id", self.request))
            .insert_header(("Stripe-Version", API_VERSION));
        if let Some(original) = self.original {
            response
                .insert_header(("Idempotent-Replayed", "true"))
                .insert_header(("Original-Request", original));
        }
        response.body(self.body)
    }
}
