use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::KeepAlive;
use actix_web::middleware::{Next, from_fn};
use actix_web::{App, Error, web};
use tokio::runtime::Handle;
use udam_web::{TrustedProxies, access_log, last_request};

use crate::connection::{ClientLimit, ConnectionSettings, Refusals, listen};
use crate::host_settings::HostSettings;
use crate::last_connections::LastConnections;
use crate::listener::Listener;
use crate::runtime::on_lasting_runtime;
use crate::strict_transport::strict_transport;

/// Time for requests in flight to finish after a stop signal. Orchestrators kill after 30 seconds by
/// default, and draining the database comes after the last request.
pub const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(20);

/// Time that an idle connection is kept: longer than the proxies in front keep theirs (usually 60
/// seconds), so that none of them sends a request into a connection that is just being closed.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// Adds routes, their data and a default service to an app. Called once for each worker.
pub type Routes = Arc<dyn Fn(&mut web::ServiceConfig) + Send + Sync>;

/// A listener, and how it is served.
pub struct Server {
    pub(crate) listener: Listener,
    routes: Routes,
    workers: usize,
    client_limit: Option<Arc<ClientLimit>>,
    pub(crate) stops_last: bool,
}

impl Server {
    /// Serves these routes by one worker, to clients with any number of connections.
    #[must_use]
    pub fn new(listener: Listener, routes: Routes) -> Self {
        Self {
            listener,
            routes,
            workers: 1,
            client_limit: None,
            stops_last: false,
        }
    }

    /// Sets the number of threads that serve requests, at most 512.
    #[must_use]
    pub fn workers(mut self, workers: NonZeroUsize) -> Self {
        self.workers = workers.get();
        self
    }

    /// Limits the connections that a client has at once. These proxies have any number, since they connect for many.
    #[must_use]
    pub fn limit_connections(mut self, trusted_proxies: TrustedProxies) -> Self {
        self.client_limit = Some(Arc::new(ClientLimit::new(trusted_proxies)));
        self
    }

    /// Goes on serving until the other servers have stopped, then ends at once: for probes and metrics, which an operator
    /// needs most while the process stops. The process runs on without it, should it end by itself.
    #[must_use]
    pub const fn stop_last(mut self) -> Self {
        self.stops_last = true;
        self
    }

    /// The server over the runtime that this is called in. It starts when it is awaited.
    pub(crate) fn build(
        self,
        settings: &HostSettings,
        last: LastConnections,
    ) -> io::Result<actix_web::dev::Server> {
        let connections = ConnectionSettings {
            workers: self.workers,
            keep_alive: KeepAlive::Timeout(KEEP_ALIVE),
            shutdown_timeout: SHUTDOWN_TIMEOUT,
            client_limit: self.client_limit,
            refusals: Refusals::new(settings.clone()),
        };
        let (lasting, settings, routes) = (Handle::current(), settings.clone(), self.routes);
        listen(vec![self.listener.into_socket()], &connections, move || {
            app(&lasting, &settings, last.clone()).configure(|app| routes(app))
        })
    }
}

/// An app with the middleware that all servers have.
fn app(
    lasting: &Handle,
    settings: &HostSettings,
    last: LastConnections,
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
        .wrap(from_fn(
            move |request: ServiceRequest, next: Next<BoxBody>| last.clone().serve(request, next),
        ))
        .wrap(access_log(Arc::clone(&settings.entropy)))
        .wrap(strict_transport(settings.needs_tls))
}
