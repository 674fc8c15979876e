//! Handlers: each reads the request, calls a use case, and returns a response.
//!
//! The attributes of each are its part of the OpenAPI document. `x-problems` names the problems that are its own;
//! those that follow from its form (a body, a session, a path) are added.

pub(super) mod access_keys;
pub(super) mod account_keys;
pub(super) mod accounts;
pub(super) mod administration;
pub(super) mod alerts;
pub(super) mod audit;
pub(super) mod calls;
pub(super) mod complaints;
pub(super) mod events;
pub(super) mod inquiries;
pub(super) mod listings;
pub(super) mod mail_links;
pub(super) mod mail_preferences;
pub(super) mod operations;
pub(super) mod orders;
pub(super) mod payments;
pub(super) mod personal_data;
pub(super) mod probes;
pub(super) mod receipts;
pub(super) mod second_factors;
pub(super) mod sessions;
pub(super) mod tab;
pub(super) mod tokens;
pub(super) mod usage;
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
