use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use actix_web::dev::{Server, ServerHandle};
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use thiserror::Error;
use tokio::task::JoinHandle;
use url::Url;

use super::quota::Quota;
use super::routes::{CALLS_PER_SECOND, routes};

/// Number of HTTP worker threads.
const WORKERS: usize = 1;

/// Why the demo services did not start.
#[derive(Debug, Error)]
pub enum UpstreamError {
    /// They cannot listen at a loopback address.
    #[error("the demo services cannot listen at a loopback address")]
    Listen(#[source] io::Error),
    /// Their port cannot be kept.
    #[error("cannot write {}; check its owner and its mode", path.display())]
    PortFile {
        /// Path of the file.
        path: PathBuf,
        /// Error of the operating system.
        #[source]
        source: io::Error,
    },
    /// Their address cannot be part of a URL.
    #[error("the demo services have no URL")]
    Address(#[from] url::ParseError),
}

/// The running services behind the demo listings. They stop when this is dropped.
#[derive(Debug)]
pub struct Upstream {
    base_url: Url,
    handle: ServerHandle,
    server: JoinHandle<io::Result<()>>,
}

impl Upstream {
    /// Starts the services at a loopback address, at the port in the file if it is free: listings have it. To be called
    /// within a tokio runtime that outlives it.
    ///
    /// # Errors
    /// [`UpstreamError`]
    pub async fn start(port_file: &Path) -> Result<Self, UpstreamError> {
        let listener = listen(kept_port(port_file))
            .await
            .map_err(UpstreamError::Listen)?;
        let address = listener.local_addr().map_err(UpstreamError::Listen)?;
        fs::write(port_file, format!("{}\n", address.port())).map_err(|source| {
            UpstreamError::PortFile {
                path: port_file.to_owned(),
                source,
            }
        })?;
        let base_url = Url::parse(&format!("http://{address}"))?;
        let server = http_server(listener).map_err(UpstreamError::Listen)?;
        Ok(Self {
            base_url,
            handle: server.handle(),
            server: tokio::spawn(server),
        })
    }

    /// URL that the paths of the services begin with.
    #[must_use]
    pub const fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// Stops at once and drops the calls in progress.
    pub async fn stop(mut self) {
        self.handle.stop(false).await;
        if let Ok(Err(error)) = (&mut self.server).await {
            tracing::warn!(%error, "the demo services failed");
        }
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        // The call sends the command; only the wait for its end is dropped.
        drop(self.handle.stop(false));
    }
}

fn http_server(listener: TcpListener) -> io::Result<Server> {
    let quota = Data::new(Quota::new(CALLS_PER_SECOND));
    let server = HttpServer::new(move || App::new().app_data(quota.clone()).configure(routes))
        .workers(WORKERS)
        .disable_signals()
        .listen(listener)?
        .run();
    Ok(server)
}

/// The port of the time before, or any.
fn kept_port(port_file: &Path) -> u16 {
    let kept = fs::read_to_string(port_file).ok();
    kept.and_then(|text| text.trim().parse().ok())
        .unwrap_or_default()
}

async fn listen(port: u16) -> io::Result<TcpListener> {
    let bind = |port: u16| tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let listener = match bind(port).await {
        Err(error) if port != 0 => {
            tracing::warn!(%error, port, "the demo services listen elsewhere than before");
            bind(0).await?
        }
        bound => bound?,
    };
    listener.into_std()
}
