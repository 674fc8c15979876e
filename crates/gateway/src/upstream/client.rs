use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::rt::Executor;
use hyper_util::client::legacy::connect::capture_connection;
use hyper_util::client::legacy::{Builder, Client};
use hyper_util::rt::TokioTimer;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep_until};

use super::connector::Connector;
use super::{UpstreamError, UpstreamSettings};
use crate::body::{Progress, RequestBody};

/// Time that a connection is kept for the next call. Short of the five seconds after which common servers close it: a request
/// that is sent as they do so is lost, and is not repeated.
const KEPT: Duration = Duration::from_secs(4);

/// Connections that are kept for a service.
const KEPT_PER_SERVICE: usize = 256;

/// Largest head of an answer by HTTP/1.1 and by HTTP/2, in bytes.
const LARGEST_HEAD: usize = 128 * 1024;
const LARGEST_H2_HEAD: u32 = 128 * 1024;

/// Calls services.
pub(crate) struct Upstream {
    calls: Pool,
    /// By HTTP/1.1 alone, by which a connection can become a WebSocket's.
    upgrades: Pool,
    idle_timeout: Duration,
}

/// Connections by one connector.
struct Pool {
    connector: Connector,
    client: Client<Connector, RequestBody>,
}

/// A request to a service.
pub(crate) struct UpstreamRequest {
    /// The request.
    pub(crate) request: Request<RequestBody>,
    /// How far its body has been sent.
    pub(crate) progress: Arc<Progress>,
    /// Whether the connection is to become a WebSocket's.
    pub(crate) upgrades: bool,
    /// Time for the head of the answer to come, from when the request has been sent.
    pub(crate) timeout: Duration,
}

impl Upstream {
    /// Connections live on this runtime.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub(crate) fn new(settings: UpstreamSettings, runtime: &Handle) -> Result<Self, rustls::Error> {
        let settings = Arc::new(settings);
        let pool = |h2| Connector::new(Arc::clone(&settings), h2, runtime.clone()).map(Pool::new);
        Ok(Self {
            calls: pool(true)?,
            upgrades: pool(false)?,
            idle_timeout: settings.idle_timeout,
        })
    }

    /// The same services over connections of its own, which live on another runtime.
    pub(crate) fn on(&self, runtime: &Handle) -> Self {
        Self {
            calls: self.calls.on(runtime),
            upgrades: self.upgrades.on(runtime),
            idle_timeout: self.idle_timeout,
        }
    }

    /// Time without a byte in the middle of an answer.
    pub(crate) const fn idle_timeout(&self) -> Duration {
        self.idle_timeout
    }

    /// Sends a request, and returns once the head of the answer has come. It is repeated only if a connection that was kept
    /// had been closed before a byte was sent. Dropping the future drops the request.
    ///
    /// # Errors
    /// [`UpstreamError`]
    pub(crate) async fn send(
        &self,
        UpstreamRequest {
            mut request,
            progress,
            upgrades,
            timeout,
        }: UpstreamRequest,
    ) -> Result<Response<Incoming>, UpstreamError> {
        let connection = capture_connection(&mut request);
        let Pool { client, .. } = if upgrades {
            &self.upgrades
        } else {
            &self.calls
        };
        let mut answering = std::pin::pin!(client.request(request));
        let mut deadline = Instant::now() + timeout;
        loop {
            tokio::select! {
                biased;
                answered = answering.as_mut() => return answered.map_err(|error| {
                    if progress.has_failed() { UpstreamError::ClientGone } else { UpstreamError::of_request(error) }
                }),
                () = sleep_until(deadline) => {}
            }
            // A body that is still on its way puts the deadline off.
            let put_off = progress.moved_at() + timeout;
            if put_off > deadline {
                deadline = put_off;
            } else if connection.connection_metadata().is_none() {
                return Err(UpstreamError::ConnectTimeout);
            } else if progress.waits_for_client() {
                return Err(UpstreamError::ClientGone);
            } else {
                return Err(UpstreamError::FirstByteTimeout);
            }
        }
    }
}

impl Pool {
    fn new(connector: Connector) -> Self {
        let mut builder = Client::builder(OnRuntime(connector.runtime().clone()));
        configure(&mut builder);
        let client = builder.build(connector.clone());
        Self { connector, client }
    }

    fn on(&self, runtime: &Handle) -> Self {
        Self::new(self.connector.on(runtime.clone()))
    }
}

fn configure(builder: &mut Builder) {
    builder
        .pool_timer(TokioTimer::new())
        .timer(TokioTimer::new())
        .pool_idle_timeout(KEPT)
        .pool_max_idle_per_host(KEPT_PER_SERVICE)
        .http1_max_buf_size(LARGEST_HEAD)
        .http2_adaptive_window(true)
        .http2_max_header_list_size(LARGEST_H2_HEAD);
}

/// Runs the tasks of connections on one runtime, wherever they are made.
#[derive(Clone)]
struct OnRuntime(Handle);

impl<F> Executor<F> for OnRuntime
where
    F: Future<Output: Send> + Send + 'static,
{
    fn execute(&self, task: F) {
        self.0.spawn(task);
    }
}
