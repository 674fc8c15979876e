use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::KeepAlive;
use actix_web::middleware::from_fn;
use actix_web::{App, Error, web};
use tokio::runtime::Handle;
use tokio::task::{JoinError, JoinHandle};
use udam_web::{access_log, last_request};

use super::connection::{ClientLimit, ConnectionSettings, Refusals, listen};
use super::listener::{Addresses, Listeners};
use super::runtime::on_lasting_runtime;
use super::signals::StopSignals;
use super::strict_transport::strict_transport;
use super::unknown::unknown_path;
use crate::config::HttpSettings;
use crate::terminal::TerminalError;
use crate::wiring::Adapters;

/// Time for requests in flight to finish after a stop signal. Orchestrators kill after 30 seconds by
/// default, and draining the database comes after the last request.
pub(crate) const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(20);

/// Time that an idle connection is kept: longer than the proxies in front keep theirs (usually 60
/// seconds), so that none of them sends a request into a connection that is just being closed.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// Why the HTTP server ended other than by a stop signal.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// Listening, or a worker, failed.
    #[error("the HTTP server failed")]
    System(#[from] io::Error),
    /// One of its tasks panicked.
    #[error("the HTTP server failed")]
    Task(#[from] JoinError),
    /// The ready message could not be printed.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
    /// It ended without a stop signal.
    #[error("the HTTP server ended by itself")]
    EndedByItself,
}

/// Serves until SIGTERM or SIGINT, then accepts no more, finishes what is in flight within a bound,
/// and returns. A second signal cuts that short. `ready` is called with the addresses once clients are
/// being served.
///
/// # Errors
/// [`HostError`]
pub async fn host(
    adapters: Adapters,
    http: &HttpSettings,
    listeners: Listeners,
    ready: impl FnOnce(Addresses) -> Result<(), TerminalError>,
) -> Result<(), HostError> {
    let mut signals = StopSignals::catch()?;
    let addresses = listeners.addresses()?;
    let operators = listeners
        .operators
        .map(|listener| operators_server(adapters.clone(), listener).map(Running::start))
        .transpose()?;
    let clients = clients_server(adapters.clone(), http, listeners.clients)?;
    let mut clients = Running::start(clients);
    ready(addresses)?;
    tokio::select! {
        () = signals.received() => {}
        ended = &mut clients.task => {
            ended??;
            return Err(HostError::EndedByItself);
        }
    }
    adapters.health.stop();
    tracing::info!("stopping: finishing the requests in flight; a second signal cuts that short");
    let Running { handle, task } = clients;
    let stopped = async {
        handle.stop(true).await;
        task.await
    };
    tokio::select! {
        ended = stopped => ended??,
        () = signals.received() => tracing::warn!("stopped before all requests were answered"),
    }
    if let Some(operators) = operators {
        operators.handle.stop(false).await;
    }
    Ok(())
}

/// A server that runs in a task of its own.
struct Running {
    handle: ServerHandle,
    task: JoinHandle<io::Result<()>>,
}

impl Running {
    fn start(server: Server) -> Self {
        let handle = server.handle();
        Self {
            handle,
            task: tokio::spawn(server),
        }
    }
}

fn clients_server(
    adapters: Adapters,
    http: &HttpSettings,
    listener: TcpListener,
) -> io::Result<Server> {
    let lasting = Handle::current();
    let settings = ConnectionSettings {
        workers: http.workers.get(),
        client_limit: http
            .rate_limit
            .then(|| Arc::new(ClientLimit::new(http.trusted_proxies.clone()))),
        ..connections(&adapters)
    };
    listen(vec![listener], &settings, move || {
        app(&lasting, &adapters)
            .configure(|app| {
                if let Some(first) = &adapters.first_routes {
                    first(app);
                }
            })
            .configure(udam_api::configure(adapters.api.clone()))
            .configure(udam_storefront::configure(adapters.store.clone()))
            .default_service(web::to(unknown_path))
    })
}

fn operators_server(adapters: Adapters, listener: TcpListener) -> io::Result<Server> {
    let lasting = Handle::current();
    listen(vec![listener], &connections(&adapters), move || {
        app(&lasting, &adapters).configure(udam_api::configure_admin(adapters.api.clone()))
    })
}

fn connections(adapters: &Adapters) -> ConnectionSettings {
    ConnectionSettings {
        workers: 1,
        keep_alive: KeepAlive::Timeout(KEEP_ALIVE),
        shutdown_timeout: SHUTDOWN_TIMEOUT,
        client_limit: None,
        refusals: Refusals::new(Arc::clone(&adapters.entropy), adapters.store.needs_tls()),
    }
}

/// An app with the middleware that both servers share.
fn app(
    lasting: &Handle,
    adapters: &Adapters,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    App::new()
        .app_data(web::ThinData(lasting.clone()))
        .wrap(from_fn(on_lasting_runtime))
        .wrap(from_fn(last_request))
        .wrap(access_log(Arc::clone(&adapters.entropy)))
        .wrap(strict_transport(adapters.store.needs_tls()))
}
