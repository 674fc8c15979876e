//! What clients get while the server waits for its database.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::KeepAlive;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpRequest, web};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use udam_crypto::SystemEntropy;
use udam_domain::Entropy;
use udam_web::{access_log, last_request};

use super::connection::{ConnectionSettings, Refusals, listen};
use super::listener::Listeners;
use super::strict_transport::strict_transport;

/// Time after which clients are answered. A start that is over sooner keeps them waiting instead.
const GRACE: Duration = Duration::from_secs(1);

/// Time for responses to be sent once the marketplace is ready.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);

/// Answers until the marketplace is ready: `/healthz` with 200, all else with 503.
#[derive(Debug)]
pub struct StartingServer {
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

impl StartingServer {
    /// Starts it on the same sockets.
    ///
    /// # Errors
    /// A socket could not be shared.
    pub fn start(listeners: &Listeners) -> io::Result<Self> {
        let mut shared = vec![listeners.clients.try_clone()?];
        if let Some(operators) = &listeners.operators {
            shared.push(operators.try_clone()?);
        }
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(serve(shared, stopped));
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

async fn serve(listeners: Vec<TcpListener>, mut stopped: oneshot::Receiver<()>) -> io::Result<()> {
    tokio::select! {
        () = sleep(GRACE) => {}
        _ = &mut stopped => return Ok(()),
    }
    let server = server(listeners)?;
    let handle = server.handle();
    let running = tokio::spawn(server);
    // An error means that the start has failed.
    let _ = stopped.await;
    handle.stop(true).await;
    running.await?
}

fn server(listeners: Vec<TcpListener>) -> io::Result<Server> {
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    // It is a part of `udam serve` alone.
    let needs_tls = true;
    let settings = ConnectionSettings {
        workers: 1,
        keep_alive: KeepAlive::Disabled,
        shutdown_timeout: STOP_TIMEOUT,
        client_limit: None,
        refusals: Refusals::new(Arc::clone(&entropy), needs_tls),
    };
    listen(listeners, &settings, move || {
        App::new()
            .wrap(from_fn(last_request))
            .wrap(access_log(Arc::clone(&entropy)))
            .wrap(strict_transport(needs_tls))
            .route("/healthz", web::get().to(|| async { udam_api::alive() }))
            .default_service(web::to(|request: HttpRequest| async move {
                udam_api::not_started(&request)
            }))
    })
}
