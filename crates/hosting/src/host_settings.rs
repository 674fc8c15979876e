use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use udam_domain::Entropy;
use udam_web::RequestId;

/// Makes the response to a request whose head could not be read, for the status that this has in HTTP: 400, 408 or 431.
/// Its body has to be whole, not a stream.
pub type UnreadRequest = fn(StatusCode, &RequestId) -> HttpResponse;

/// What all servers of a process share.
#[derive(Clone)]
pub struct HostSettings {
    /// Source of request ids.
    pub entropy: Arc<dyn Entropy>,
    /// Whether browsers are told to reach this host by TLS alone.
    pub needs_tls: bool,
    /// Response to a request that never reaches the routes.
    pub unread_request: UnreadRequest,
}
