use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use udam_web::Streaming;

use crate::body::Reading;
use crate::client::Client;
use crate::headers::Addresses;
use crate::redact::Secrets;
use crate::running::RunningCall;

/// A call whose service answers.
pub(crate) struct Answering {
    pub(crate) request: HttpRequest,
    pub(crate) client: Client,
    pub(crate) streaming: Option<Streaming>,
    pub(crate) call: RunningCall,
    /// Time that the draw took.
    pub(crate) draw: Duration,
    pub(crate) addresses: Addresses,
    pub(crate) secrets: Secrets,
    pub(crate) reading: Reading,
    pub(crate) socket: Option<Payload>,
    /// Time without a byte of the answer.
    pub(crate) idle: Duration,
}
