use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::account::Refusal;
use crate::api::{Problem, error_body};

/// Why the sandbox did not do what a test asked for.
#[derive(Debug, Error)]
pub(super) enum ControlError {
    #[error("unusable body: {0}")]
    Unusable(String),
    #[error("no such event")]
    NoSuchEvent,
    #[error("the control API is for this machine only")]
    FromElsewhere,
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl ResponseError for ControlError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Unusable(_) => StatusCode::BAD_REQUEST,
            Self::NoSuchEvent => StatusCode::NOT_FOUND,
            Self::FromElsewhere => StatusCode::FORBIDDEN,
            Self::Refused(refusal) => {
                let status = Problem::Refused(refusal.clone()).status();
                StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST)
            }
        }
    }

    fn error_response(&self) -> HttpResponse {
        let body = match self {
            Self::Refused(refusal) => Problem::Refused(refusal.clone()).body(),
            Self::Unusable(_) | Self::NoSuchEvent | Self::FromElsewhere => {
                error_body("invalid_request_error", &self.to_string()).to_string()
            }
        };
        HttpResponse::build(self.status_code())
            .content_type("application/json")
            .body(body)
    }
}

/// Reads a JSON body; an empty one stands for `{}`, in which everything is as usual.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ControlError> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| ControlError::Unusable(error.to_string()))
}
