//! The answer of a service on its way to the client.

mod answering;
mod body;
mod check;
mod socket;

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::body::BodySize;
use actix_web::http::{ConnectionType, Method, StatusCode, Version, header};
use http::Response;
use http_body::Body;
use hyper::body::Incoming;
use udam_domain::gateway::{CallOutcome, Head};

use crate::headers::passed_on;
use crate::problem::Refused;
use crate::report::{add, add_report};
pub(crate) use answering::Answering;
use body::{AnswerBody, Source};
pub(crate) use check::check;
use check::declared_units;

/// The response to the client: the head without what is not for it, and the body as it comes.
///
/// # Errors
/// If the answer cannot be passed on.
pub(crate) async fn answer(
    mut answering: Answering,
    response: Response<Incoming>,
) -> Result<HttpResponse, Refused> {
    answering.reading.advance().await;
    let status = response.status();
    let passed = check(&response, answering.socket.is_some());
    let passed = passed.and_then(|()| {
        StatusCode::from_u16(status.as_u16()).map_err(|_unknown| "the status is none".into())
    });
    let status = match passed {
        Ok(status) => status,
        Err(cause) => {
            return Err(answering
                .call
                .end_without_answer(CallOutcome::Broken, cause));
        }
    };
    let head = Head {
        status: status.as_u16(),
        declared_units: declared_units(response.headers()),
    };
    let mut built = HttpResponse::new(status);
    *built.headers_mut() = passed_on(response.headers(), &answering.addresses, &answering.secrets);
    if status == StatusCode::SWITCHING_PROTOCOLS {
        return socket::switched(answering, response, built, head).await;
    }
    answering.call.answered(head);
    report(&mut answering, &mut built, head);
    let size = size(&answering, &response, &mut built);
    frame(&answering, &mut built, size);
    let body = response.into_body();
    if body.is_end_stream() || matches!(size, BodySize::None) {
        answering.call.end_well();
    }
    let body = AnswerBody::new(answering, Source::Http(body), size);
    Ok(built.set_body(body).map_into_boxed_body())
}

/// Says what the call costs, and how long its parts took.
fn report(answering: &mut Answering, built: &mut HttpResponse, head: Head) {
    let Some(report) = answering.call.report(CallOutcome::Answered(head)) else {
        return;
    };
    let headers = built.headers_mut();
    add_report(headers, &report);
    let latency = answering.call.latency().unwrap_or_default();
    let upstream = latency.saturating_sub(answering.draw);
    let millis = |time: Duration| time.as_secs_f64() * 1_000.0;
    let timing = format!(
        "draw;dur={:.1}, upstream;dur={:.1}",
        millis(answering.draw),
        millis(upstream)
    );
    add(
        headers,
        header::HeaderName::from_static("server-timing"),
        &timing,
    );
}

/// Size of the body, as it is announced. What has none by its method or status (RFC 9110, section 6.4.1) may announce what it
/// would have.
fn size(
    answering: &Answering,
    response: &Response<Incoming>,
    built: &mut HttpResponse,
) -> BodySize {
    let announced = response.headers().get(http::header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    match built.status() {
        StatusCode::NO_CONTENT => BodySize::None,
        StatusCode::NOT_MODIFIED => {
            if let Some(length) = announced {
                built
                    .headers_mut()
                    .insert(header::CONTENT_LENGTH, length.into());
            }
            BodySize::None
        }
        _ if answering.request.method() == Method::HEAD => {
            announced.map_or(BodySize::None, BodySize::Sized)
        }
        _ => match response.body().size_hint().exact() {
            Some(length) => BodySize::Sized(length),
            None => BodySize::Stream,
        },
    }
}

/// Where a body cannot be sent in chunks, it ends with the connection: HTTP/1.0 has none, and the server takes a connection that
/// was to become a WebSocket's for a stream.
fn frame(answering: &Answering, built: &mut HttpResponse, size: BodySize) {
    let has_chunks = answering.request.version() >= Version::HTTP_11 && answering.socket.is_none();
    let head = built.head_mut();
    if answering.socket.is_some() || (!has_chunks && size == BodySize::Stream) {
        head.set_connection_type(ConnectionType::Close);
    }
    if !has_chunks && size == BodySize::Stream {
        head.no_chunking(true);
    }
}
