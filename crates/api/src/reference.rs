//! The OpenAPI document as a page: Swagger UI, in a page of ours that fits a phone.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderName};
use utoipa_swagger_ui::Config;

use super::problem::Problem;

/// The page loads nothing from other origins, and runs only scripts of its own.
const POLICY: (HeaderName, &str) = (
    header::CONTENT_SECURITY_POLICY,
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; \
     frame-ancestors 'none'",
);

/// Swagger UI's own page has no viewport for phones.
const PAGE: &str = include_str!("reference/index.html");
const STYLE: &str = include_str!("reference/docs.css");

/// The response with a file of the page.
pub(super) fn file(name: &str) -> Result<HttpResponse, Problem> {
    match name {
        "" | "index.html" => Ok(response("text/html; charset=utf-8", PAGE.as_bytes())),
        "docs.css" => Ok(response("text/css; charset=utf-8", STYLE.as_bytes())),
        _ => swagger_ui(name),
    }
}

fn swagger_ui(name: &str) -> Result<HttpResponse, Problem> {
    // Left to itself, the page would ask a validator on the network about the document. The base layout has no bar in
    // which another document can be chosen. The schemas are folded up: each call shows its own.
    let config = Config::from("/openapi.json")
        .validator_url("none")
        .default_models_expand_depth(0)
        .use_base_layout();
    match utoipa_swagger_ui::serve(name, Arc::new(config)) {
        Ok(Some(file)) => Ok(response(&file.content_type, &file.bytes)),
        Ok(None) => Err(Problem::NotFound),
        Err(_unreadable) => Err(Problem::InternalError),
    }
}

fn response(media_type: &str, content: &[u8]) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(media_type)
        .insert_header(POLICY)
        .body(content.to_vec())
}
