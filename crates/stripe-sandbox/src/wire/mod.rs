//! Requests to Stripe's API and responses, independent of the HTTP server.

mod error;
mod form;
mod request;
mod response;

pub(crate) use error::{ApiError, Refusal, error_body};
pub(crate) use form::Form;
pub(crate) use request::ApiRequest;
pub(crate) use response::ApiResponse;
