//! What clients get while the process makes itself ready.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::App;
use actix_web::http::KeepAlive;
use actix_web::middleware::from_fn;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use udam_web::{access_log, last_request};

use crate::connection::{ConnectionSettings, Refusals, listen};
use crate::host_settings::HostSettings;
use crate::listener::Listener;
use crate::server::Routes;
use crate::strict_transport::strict_transport;

/// Time after which clients are answered. A start that is over sooner keeps them waiting instead.
const GRACE: Duration = Duration::from_secs(1);

/// Time for responses to be sent once the process is ready.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);

/// Serves a few routes at listeners, until the process is ready to serve its own there.
#[derive(Debug)]
pub struct StartingServer {
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

impl StartingServer {
    /// Starts it a second from now, if it has not been stopped by then. Clients that connect before that wait.
    ///
    /// # Errors
    /// A socket could not be shared.
    pub fn start<'listeners>(
        settings: HostSettings,
        listeners: impl IntoIterator<Item = &'listeners Listener>,
        routes: Routes,
    ) -> io::Result<Self> {
        let shared = listeners.into_iter().map(Listener::share);
        let shared = shared.collect::<io::Result<Vec<_>>>()?;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(serve(settings, shared, routes, stopped));
        Ok(Self { stop, task })
    }

    /// Stops it, and returns once it accepts no more connections.
    pub async fn stop(self) {
        // Gone only if it has ended.
        let _ = self.stop.send(());
        if let Ok(Err(error)) = self.task.await {
            tracing::warn!(%error, "clients were not answered during the start");
        }
    }
}

async fn serve(
    settings: HostSettings,
    listeners: Vec<TcpListener>,
    routes: Routes,
    mut stopped: oneshot::Receiver<()>,
) -> io::Result<()> {
    tokio::select! {
        () = sleep(GRACE) => {}
        _ = &mut stopped => return Ok(()),
    }
    let server = server(settings, listeners, routes)?;
    let handle = server.handle();
    let running = tokio::spawn(server);
    // An error means that the start has failed.
    let _ = stopped.await;
    handle.stop(true).await;
    running.await?
}

fn server(
    settings: HostSettings,
    listeners: Vec<TcpListener>,
    routes: Routes,
) -> io::Result<actix_web::dev::Server> {
    let connections = ConnectionSettings {
        workers: 1,
        keep_alive: KeepAlive::Disabled,
        shutdown_timeout: STOP_TIMEOUT,
        client_limit: None,
        refusals: Refusals::new(settings.clone()),
    };
    listen(listeners, &connections, move || {
        App::new()
            .wrap(from_fn(last_request))
            .wrap(access_log(Arc::clone(&settings.entropy)))
            .wrap(strict_transport(settings.needs_tls))
            .configure(|app| routes(app))
    })
}
