//! The part of Stripe's API that the marketplace's adapter uses.
//!
//! A [`call`](Call) is read off the wire, becomes a `command` with the help of `parameters`, and is
//! carried out by `execution`, which remembers its answer under the idempotency key. `pipeline` puts
//! the faults in between that a test has asked for.

mod answer;
mod call;
mod command;
mod execution;
mod expansion;
mod faults;
mod idempotency;
mod parameters;
mod performance;
mod pipeline;
mod problem;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use futures::stream;

pub(crate) use call::Call;
pub(crate) use faults::{Fault, FaultKind, Faults};
pub(crate) use idempotency::Idempotency;
pub(crate) use pipeline::Reply;
pub(crate) use problem::{Problem, error_body};

use crate::shared::Shared;

/// Everything below `/v1`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(web::scope("/v1").default_service(web::to(answer_call)));
}

async fn answer_call(
    request: HttpRequest,
    body: web::Bytes,
    shared: web::ThinData<Arc<Shared>>,
) -> HttpResponse {
    let call = Call::read(&request, &body);
    let working = Arc::clone(&shared);
    let working = async move { pipeline::run(&working, call).await };
    match shared.background.spawn(working).await {
        Ok(Some(Reply::Answered(answer))) => answer.into_response(),
        Ok(Some(Reply::Garbled)) => HttpResponse::Ok()
            .content_type("application/json")
            .body(r#"{"id": "cs_te"#),
        Ok(Some(Reply::Lost) | None) => cut_off(),
        Err(error) => {
            tracing::error!(%error, "answering a call failed");
            HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// The nearest to no answer at all: the connection breaks off before the body is complete.
fn cut_off() -> HttpResponse {
    let broken = io::Error::from(io::ErrorKind::ConnectionReset);
    HttpResponse::Ok().streaming(stream::iter([Err::<web::Bytes, _>(broken)]))
}
