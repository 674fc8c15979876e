use actix_web::HttpResponse;
use actix_web::http::header;

use super::{Answer, ok};
use crate::reference;
use crate::request_context::RequestContext;
use crate::wire::{HealthResponse, ReadyResponse};

/// Check liveness
///
/// Responds as long as the process can. Whether it can serve is for `/readyz`.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "Operations",
    responses((status = 200, description = "It is", body = HealthResponse)),
)]
pub(crate) async fn healthz(_context: RequestContext) -> Answer {
    Ok(ok(&HealthResponse { status: "ok" }))
}

/// Check readiness
///
/// The server is ready if the database responds, accepts writes and has an up-to-date schema, and it is not stopping. `checks` says
/// which of these holds, also of a server that is not ready.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "Operations",
    responses((status = 200, description = "It can", body = ReadyResponse)),
    extensions(("x-problems" = json!(["overloaded"]))),
)]
pub(crate) async fn readyz(context: RequestContext) -> Answer {
    context.api.dependencies.health.check().await?;
    Ok(ok(&ReadyResponse::new()))
}

/// Get the metrics
///
/// Prometheus's text format.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "Operations",
    responses((
        status = 200, description = "The measurements", body = String, content_type = "text/plain",
    )),
)]
pub(crate) async fn metrics(context: RequestContext) -> Answer {
    Ok(HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(context.api.dependencies.metrics.render()))
}

/// Get this document
///
/// OpenAPI 3.1, to generate clients from. Amounts are described in the currency of the marketplace.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "Operations",
    responses((
        status = 200, description = "The OpenAPI document", body = Object,
        content_type = "application/json",
    )),
)]
pub(crate) async fn openapi_json(context: RequestContext) -> Answer {
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .body(context.api.document.clone()))
}

/// Get this document as a page
///
/// Redirects to it.
#[utoipa::path(
    get,
    path = "/docs",
    tag = "Operations",
    responses((status = 308, description = "It is at `/docs/`")),
)]
pub(crate) async fn docs(_context: RequestContext) -> Answer {
    Ok(HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, "/docs/"))
        .finish())
}

/// Get a file of the page
///
/// `index.html` is the page itself; the others are its scripts and styles.
#[utoipa::path(
    get,
    path = "/docs/{file}",
    tag = "Operations",
    params(("file" = String, Path, description = "Which file", example = "index.html")),
    responses((status = 200, description = "The file", body = String, content_type = "text/html")),
)]
pub(crate) async fn docs_file(context: RequestContext) -> Answer {
    let file = context.request.match_info().query("file");
    Ok(reference::file(file)?)
}
