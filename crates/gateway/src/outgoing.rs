use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use http::header::{CONNECTION, CONTENT_LENGTH, HeaderValue, UPGRADE};
use http::{Method, Request};

use crate::beginning::Begun;
use crate::body::{FromClient, Reading, RequestBody, from_client};
use crate::credential::{place, without_access_keys};
use crate::headers::{Addresses, forwarded};
use crate::incoming::{GATEWAY_PATH, Incoming};
use crate::redact::Secrets;
use crate::services::Services;
use crate::target::target;
use crate::upstream::UpstreamRequest;

/// A request as its service gets it.
pub(crate) struct Outgoing {
    pub(crate) sent: UpstreamRequest,
    /// Addresses of the call.
    pub(crate) addresses: Addresses,
    /// What must not come back.
    pub(crate) secrets: Secrets,
    /// What reads the body from the client.
    pub(crate) reading: Reading,
    /// What the client sends once the connection is a WebSocket's.
    pub(crate) socket: Option<Payload>,
}

/// Makes the request of a call, with the seller's key in it.
///
/// # Errors
/// Why there is none: the key or the address do not fit into a request.
pub(crate) fn outgoing(
    incoming: &Incoming,
    client: &HttpRequest,
    payload: Payload,
    begun: &Begun,
    services: &Services,
) -> Result<Outgoing, Box<dyn Error + Send + Sync>> {
    let terms = begun.call.drawn().map(|drawn| Arc::clone(&drawn.terms));
    let terms = &terms.ok_or("the call has ended")?.terms;
    let mut headers = forwarded(client.headers(), incoming.upgrades);
    let query = incoming.query.as_deref().map(without_access_keys);
    let placed = place(&terms.auth, &begun.api_key, &mut headers, query.as_deref())?;
    let uri = target(
        begun.endpoint_url.as_str(),
        &incoming.path,
        placed.query.as_deref(),
    )?;
    let listing = incoming.begin.listing_id;
    let secrets = services
        .secrets()
        .of(listing, begun.api_key.expose(), &placed.credential);
    let method = Method::from_bytes(client.method().as_str().as_bytes())?;
    let (from, socket) = if incoming.upgrades {
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        (from_client(Payload::None, None), Some(payload))
    } else {
        (from_client(payload, incoming.length), None)
    };
    let FromClient {
        body,
        progress,
        reading,
    } = from;
    if is_empty(&body) && matches!(method, Method::POST | Method::PUT | Method::PATCH) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = uri.clone();
    *request.headers_mut() = headers;
    let timeout = Duration::from_secs(terms.timeout.seconds().into());
    Ok(Outgoing {
        sent: UpstreamRequest {
            request,
            progress,
            upgrades: incoming.upgrades,
            timeout,
        },
        addresses: Addresses {
            gateway: format!("{GATEWAY_PATH}{listing}"),
            endpoint: begun.endpoint_url.to_string(),
            request: uri,
        },
        secrets,
        reading,
        socket,
    })
}

fn is_empty(body: &RequestBody) -> bool {
    http_body::Body::size_hint(body).exact() == Some(0)
}
