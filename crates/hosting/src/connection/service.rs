use std::cell::Cell;
use std::fmt::Debug;
use std::future::poll_fn;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, KeepAlive, Protocol, Request, Response};
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt, fn_factory, fn_service,
    map_config,
};
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Server};
use tokio::net::TcpStream;

use super::client_limit::ClientLimit;
use super::measurements::{Cut, count};
use super::refusal::Refusals;
use super::stream::GuardedStream;

/// Time for a client to send the head of a connection's first request, and to close a connection.
const REQUEST_HEAD_TIMEOUT: Duration = Duration::from_secs(10);
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Settings that connections are served with.
#[derive(Clone)]
pub(crate) struct ConnectionSettings {
    /// Number of threads that serve them.
    pub(crate) workers: usize,
    /// Time that an idle connection is kept.
    pub(crate) keep_alive: KeepAlive,
    /// Time for requests in flight to finish when the server stops, in whole seconds.
    pub(crate) shutdown_timeout: Duration,
    /// Limit on the connections of each client; `None` for any number.
    pub(crate) client_limit: Option<Arc<ClientLimit>>,
    /// Responses to what cannot be read.
    pub(crate) refusals: Refusals,
}

/// Serves an app at these sockets. It starts when the server is awaited.
pub(crate) fn listen<F, I, S, B>(
    listeners: Vec<TcpListener>,
    settings: &ConnectionSettings,
    app: F,
) -> io::Result<Server>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<Error> + 'static,
    S::InitError: Debug,
    S::Response: Into<Response<B>> + 'static,
    S::Service: 'static,
    <S::Service as Service<Request>>::Future: 'static,
    B: MessageBody + 'static,
{
    let mut server = Server::build()
        .workers(settings.workers)
        .shutdown_timeout(settings.shutdown_timeout.as_secs())
        .disable_signals();
    let stopping = server.graceful_shutdown_signal();
    for listener in listeners {
        let (app, settings, stopping) = (app.clone(), settings.clone(), stopping.clone());
        let address = listener.local_addr()?;
        server = server.listen(format!("udam-{address}"), listener, move || {
            let stopping = stopping.clone();
            let app = app().into_factory().map_err(|error| {
                let error: Error = error.into();
                error.error_response()
            });
            let http = HttpService::build()
                .graceful_shutdown_signal(move || {
                    let stopping = stopping.clone();
                    async move { stopping.notified().await }
                })
                .keep_alive(settings.keep_alive)
                .client_request_timeout(REQUEST_HEAD_TIMEOUT)
                .client_disconnect_timeout(DISCONNECT_TIMEOUT)
                .local_addr(address)
                .on_connect_ext(|stream: &GuardedStream<TcpStream>, data| {
                    data.insert(stream.state());
                })
                .finish(map_config(app, |()| AppConfig::default()));
            guard(http, settings.clone())
        })?;
    }
    Ok(server.run())
}

/// Serves each connection by `http`, within the limits.
fn guard<H>(
    http: H,
    settings: ConnectionSettings,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = DispatchError, InitError = ()>
where
    H: ServiceFactory<
            (GuardedStream<TcpStream>, Protocol, Option<SocketAddr>),
            Config = (),
            Response = (),
            Error = DispatchError,
            InitError = (),
        > + 'static,
    H::Service: 'static,
{
    fn_factory(move || {
        let (http, settings) = (http.new_service(()), settings.clone());
        async move {
            let http = Rc::new(http.await?);
            Ok(fn_service(move |stream: TcpStream| {
                // The library's task has room for this future twice, which is kilobytes of every connection.
                Box::pin(serve(Rc::clone(&http), stream, settings.clone()))
            }))
        }
    })
}

async fn serve<H>(
    http: Rc<H>,
    stream: TcpStream,
    settings: ConnectionSettings,
) -> Result<(), DispatchError>
where
    H: Service<
            (GuardedStream<TcpStream>, Protocol, Option<SocketAddr>),
            Response = (),
            Error = DispatchError,
        >,
{
    let peer = stream.peer_addr().ok();
    let limit = settings.client_limit.as_ref().zip(peer);
    let admitted = limit.map(|(limit, peer)| limit.admit(peer.ip()));
    if matches!(admitted, Some(None)) {
        count(Cut::TooMany);
        return Ok(());
    }
    // The head of a streamed response and its first bytes are written apart: the bytes would wait for the client to acknowledge the
    // head, which clients put off for 40 ms.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "the connection has gone");
    }
    let remains = Rc::new(Cell::new(None));
    let stream = GuardedStream::new(stream, settings.refusals, Rc::clone(&remains));
    poll_fn(|context| http.poll_ready(context)).await?;
    let served = http.call((stream, Protocol::Http1, peer)).await;
    if let Some(remains) = remains.take() {
        remains.close().await;
    }
    drop(admitted);
    served
}
