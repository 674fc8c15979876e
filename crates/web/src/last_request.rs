//! Middleware that carries out no request after the last one of a connection.

use std::cell::RefCell;
use std::rc::Rc;
use std::task::Poll;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse};
use futures::stream::poll_fn;
use futures::{FutureExt, StreamExt};

use crate::connection_state::ConnectionState;

/// Largest rest of a body that is read and dropped, in bytes, so that the connection can be kept.
const LARGEST_REST: usize = 64 * 1024;

/// Closes the connection after a response to a request whose body has not arrived to its end, and carries out none
/// of the requests that a client has sent behind it.
///
/// The HTTP server announces `Connection: close` in such a response, but goes on with what it has read.
///
/// # Errors
/// Those of the service.
pub async fn last_request(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(connection) = request.conn_data::<ConnectionState>().cloned() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    if connection.is_closing() {
        let mut response = HttpResponse::ServiceUnavailable();
        return Ok(request.into_response(response.force_close().finish()));
    }
    let payload = match request.take_payload() {
        Payload::None => {
            connection.request_has_arrived();
            return Ok(next.call(request).await?.map_into_boxed_body());
        }
        payload => Rc::new(RefCell::new(Some(payload))),
    };
    request.set_payload(shared(Rc::clone(&payload), connection.clone()));
    let mut response = next.call(request).await?.map_into_boxed_body();
    if connection.is_streaming() {
        // The request is read while the response is sent.
        return Ok(response);
    }
    let rest = payload.borrow_mut().take();
    if rest.is_some_and(|mut rest| !has_ended(&mut rest)) {
        connection.close();
        let head = response.response_mut().head_mut();
        head.set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}

/// The same payload, which is taken once it has ended.
fn shared(payload: Rc<RefCell<Option<Payload>>>, connection: ConnectionState) -> Payload {
    let stream = poll_fn(move |context| {
        let mut payload = payload.borrow_mut();
        let Some(reading) = payload.as_mut() else {
            return Poll::Ready(None);
        };
        let polled = reading.poll_next_unpin(context);
        if matches!(polled, Poll::Ready(None)) {
            *payload = None;
            connection.request_has_arrived();
        }
        polled
    });
    Payload::Stream {
        payload: stream.boxed_local(),
    }
}

/// Whether what has arrived of the rest ends the body.
fn has_ended(rest: &mut Payload) -> bool {
    let mut read = 0_usize;
    while let Some(chunk) = rest.next().now_or_never() {
        match chunk {
            None => return true,
            Some(Ok(chunk)) => read = read.saturating_add(chunk.len()),
            Some(Err(_)) => return false,
        }
        if read > LARGEST_REST {
            return false;
        }
    }
    false
}
