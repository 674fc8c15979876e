use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::account::RequestError;
use crate::wire::{ApiError, error_body};

/// Result of a request to the control API.
pub(super) type ControlResult = Result<HttpResponse, ControlError>;

/// Why a request to the control API failed.
#[derive(Debug, Error)]
pub(super) enum ControlError {
    #[error("invalid body: {0}")]
    InvalidBody(String),
    #[error("no such event")]
    UnknownEvent,
    #[error("the control API is for clients on this machine only")]
    NotLoopback,
    #[error(
        "the control API answers to localhost and to loopback addresses, not to the host {0}, which any web page \
         could lead here; call it by http://127.0.0.1 and its port"
    )]
    ForeignHost(String),
    #[error(transparent)]
    Rejected(#[from] RequestError),
}

impl ControlError {
    pub(super) fn invalid(message: &str) -> Self {
        Self::InvalidBody(message.to_owned())
    }
}

impl ResponseError for ControlError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::InvalidBody(_) => StatusCode::BAD_REQUEST,
            Self::UnknownEvent => StatusCode::NOT_FOUND,
            Self::NotLoopback | Self::ForeignHost(_) => StatusCode::FORBIDDEN,
            Self::Rejected(error) => {
                let status = ApiError::Request(error.clone()).status();
                StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST)
            }
        }
    }

    fn error_response(&self) -> HttpResponse {
        let body = match self {
            Self::Rejected(error) => ApiError::Request(error.clone()).body(),
            Self::InvalidBody(_)
            | Self::UnknownEvent
            | Self::NotLoopback
            | Self::ForeignHost(_) => {
                error_body("invalid_request_error", &self.to_string()).to_string()
            }
        };
        HttpResponse::build(self.status_code())
            .content_type("application/json")
            .body(body)
    }
}

/// Parses a JSON body. An empty one counts as `{}`: every field has its default.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ControlError> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| ControlError::InvalidBody(error.to_string()))
}
