use std::time::Duration;

use async_trait::async_trait;

use crate::gateway::{CallOutcome, CallPath, CallTimeout, KeyPlacement, Method};
use crate::listing::{ApiKey, EndpointUrl};

/// Calls a service once with its key in place, for its seller to see what it answers. Nothing is counted.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ServiceProbe: Send + Sync {
    /// Makes the call, as the gateway makes those of buyers: to public addresses alone, within its times.
    ///
    /// # Errors
    /// [`ProbeFailed`]
    async fn probe(&self, request: ProbeRequest) -> Result<ProbeAnswer, ProbeFailed>;
}

/// A call of a seller's own service.
#[derive(Debug, Clone)]
pub struct ProbeRequest {
    /// Address of the service.
    pub endpoint_url: EndpointUrl,
    /// Key of the service.
    pub key: ApiKey,
    /// Place of the key.
    pub auth: KeyPlacement,
    /// Method of the call.
    pub method: Method,
    /// Path, which is added to the address.
    pub path: CallPath,
    /// Query, without its question mark; `None` for none.
    pub query: Option<String>,
    /// Time for the head of the answer to come.
    pub timeout: CallTimeout,
}

/// The answer of a service. Its key is masked wherever the service repeats it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeAnswer {
    /// Status code.
    pub status: u16,
    /// Headers, in the order of arrival.
    pub headers: Vec<(String, String)>,
    /// Beginning of the body: at most [`ProbeAnswer::MOST_BYTES`] bytes.
    pub body: Vec<u8>,
    /// Whether the body is longer.
    pub is_truncated: bool,
    /// Time to the head of the answer.
    pub latency: Duration,
}

impl ProbeAnswer {
    /// Most bytes of a body that are kept.
    pub const MOST_BYTES: usize = 16 * 1024;
}

/// The service has not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the service has not answered: {}", .outcome.name())]
pub struct ProbeFailed {
    /// What happened instead.
    pub outcome: CallOutcome,
}
