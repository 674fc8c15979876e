//! The part of Stripe's API that the marketplace's adapter uses.
//!
//! `pipeline` takes a request from the wire to its response, through the faults that a test has injected.
//! In between, `command` validates it with the help of `parameters` and `expansion`, `execute` runs it, and
//! `once` runs it once under its idempotency key.

mod command;
mod execute;
mod expansion;
mod once;
mod parameters;
mod pipeline;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use futures::stream;

use crate::context::ContextData;
use crate::wire::ApiRequest;
use pipeline::Reply;

/// Configures everything below `/v1`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(web::scope("/v1").default_service(web::to(respond)));
}

async fn respond(request: HttpRequest, body: web::Bytes, context: ContextData) -> HttpResponse {
    let request = ApiRequest::read(&request, &body);
    let task_context = Arc::clone(&context);
    let task = async move { pipeline::run(&task_context, request).await };
    match context.background.spawn(task).await {
        Ok(Some(Reply::Response(response))) => response.into_http(),
        Ok(Some(Reply::Garbage)) => HttpResponse::Ok()
            .content_type("application/json")
            .body(r#"{"id": "cs_te"#),
        Ok(Some(Reply::Disconnect) | None) => disconnect(),
        Err(error) => {
            tracing::error!(%error, "request handler failed");
            HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// The nearest to no response that the server allows: the connection breaks off within the body.
fn disconnect() -> HttpResponse {
    let reset = io::Error::from(io::ErrorKind::ConnectionReset);
    HttpResponse::Ok().streaming(stream::iter([Err::<web::Bytes, _>(reset)]))
}
