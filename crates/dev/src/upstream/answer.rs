use actix_web::http::StatusCode;
use actix_web::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use serde::de::DeserializeOwned;
use serde_json::json;
use thiserror::Error;

/// Error of a request. Its text is the `message` of the response.
#[derive(Debug, Error)]
pub(super) enum Refusal {
    #[error("the key is missing or wrong")]
    Unauthenticated,
    #[error("{0}")]
    Invalid(String),
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("too many calls in this second")]
    TooMany,
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        match self {
            Self::Unauthenticated => answer.insert_header((WWW_AUTHENTICATE, "Bearer, Basic")),
            Self::TooMany => answer.insert_header((RETRY_AFTER, "1")),
            Self::Invalid(_) | Self::NotFound(_) => &mut answer,
        };
        answer.json(json!({"error": self.to_string()}))
    }
}

pub(super) type Answer = Result<HttpResponse, Refusal>;

/// The parameters of a request's query.
pub(super) fn query<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, Refusal> {
    let parsed = web::Query::<T>::from_query(request.query_string());
    parsed
        .map(web::Query::into_inner)
        .map_err(|error| Refusal::Invalid(error.to_string()))
}
