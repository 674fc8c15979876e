//! The calls, one function each: read the call, ask a use case, spell the answer.
//!
//! What each may answer is said above it and goes into the OpenAPI document. `x-problems` names the
//! problems that are a call's own; those that follow from its form (a body, a session, a path) are
//! added to it from there.

pub(super) mod accounts;
pub(super) mod listings;
pub(super) mod operations;
pub(super) mod orders;
pub(super) mod payments;
pub(super) mod sessions;
pub(super) mod tokens;
pub(super) mod webhooks;

use actix_web::HttpResponse;
use serde::Serialize;

use super::problem::ApiError;

/// Result of a handler.
pub(super) type Answer = Result<HttpResponse, ApiError>;

fn ok(response: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().json(response)
}

fn created(response: &impl Serialize) -> HttpResponse {
    HttpResponse::Created().json(response)
}
