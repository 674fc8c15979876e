use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::error::ApiError;
use crate::objects::API_VERSION;

/// A response of the sandbox's API, kept to be repeated under its idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ApiResponse {
    pub(crate) status: u16,
    /// JSON text.
    pub(crate) body: String,
    /// Id of the request that this responds to.
    request_id: String,
    /// Id of the first request under the idempotency key; `None` unless this is a replay.
    original_request_id: Option<String>,
}

impl ApiResponse {
    pub(crate) const fn success(request_id: String, body: String) -> Self {
        Self {
            status: 200,
            body,
            request_id,
            original_request_id: None,
        }
    }

    pub(crate) fn error(request_id: String, error: &ApiError) -> Self {
        Self {
            status: error.status(),
            body: error.body(),
            request_id,
            original_request_id: None,
        }
    }

    /// The same response to a repeated request.
    pub(crate) fn replayed(self, request_id: String) -> Self {
        Self {
            original_request_id: Some(self.original_request_id.unwrap_or(self.request_id)),
            request_id,
            ..self
        }
    }

    pub(crate) fn request_id(&self) -> &str {
        &self.request_id
    }

    pub(crate) fn into_http(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status);
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        response
            .content_type("application/json")
            .insert_header(("Request-Id", self.request_id))
            .insert_header(("Stripe-Version", API_VERSION));
        if let Some(original) = self.original_request_id {
            response
                .insert_header(("Idempotent-Replayed", "true"))
                .insert_header(("Original-Request", original));
        }
        response.body(self.body)
    }
}
