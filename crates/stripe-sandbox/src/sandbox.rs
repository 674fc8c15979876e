use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::DefaultHeaders;
use actix_web::{App, HttpServer, web};
use fastrand::Rng;
use ring::rand::{SecureRandom, SystemRandom};
use thiserror::Error;
use tokio::task::JoinHandle;
use url::Url;

use crate::account::{Account, AccountSettings};
use crate::background::Background;
use crate::context::Context;
use crate::dispatcher::{Dispatcher, DispatcherSettings};
use crate::faults::Faults;
use crate::idempotency::Idempotency;
use crate::journal::{Journal, Kept, Line};
use crate::outbox::Outbox;
use crate::settings::SandboxSettings;
use crate::state::{SharedState, State};
use crate::{api, clock, control, page};

/// Interval at which due sessions expire when no request comes in.
const EXPIRY_INTERVAL: Duration = Duration::from_millis(200);

/// Number of HTTP worker threads.
const WORKERS: usize = 2;

/// Why a sandbox did not start.
#[derive(Debug, Error)]
pub enum SandboxError {
    /// The address cannot be listened on.
    #[error("cannot listen at {address}")]
    Listen {
        /// Address of the settings.
        address: SocketAddr,
        /// Error of the operating system.
        #[source]
        source: io::Error,
    },
    /// The address cannot be part of a URL.
    #[error("{address} makes no URL")]
    Address {
        /// Address listened on.
        address: SocketAddr,
        /// Error of the URL parser.
        #[source]
        source: url::ParseError,
    },
    /// The HTTP client for webhooks cannot be set up.
    #[error("cannot set up the sending of webhooks")]
    Webhooks(#[source] reqwest::Error),
    /// The journal cannot be read or written.
    #[error("cannot use {}; check its owner and its mode, or delete it to start afresh", path.display())]
    Journal {
        /// Path of the settings.
        path: PathBuf,
        /// Error of the operating system.
        #[source]
        source: io::Error,
    },
    /// The operating system provides no random numbers.
    #[error("the system has no randomness")]
    Randomness,
}

/// A running sandbox.
///
/// It stops when [`Sandbox::stop`] is called or when it is dropped; its state is lost then, but for what a journal
/// keeps.
#[derive(Debug)]
pub struct Sandbox {
    base_url: Url,
    context: Arc<Context>,
    handle: ServerHandle,
    server: JoinHandle<io::Result<()>>,
}

impl Sandbox {
    /// Starts a sandbox. To be called within a tokio runtime that outlives it.
    ///
    /// # Errors
    /// [`SandboxError`]
    pub async fn start(settings: SandboxSettings) -> Result<Self, SandboxError> {
        let address = settings.listen;
        let failed = |source| SandboxError::Listen { address, source };
        let kept = match &settings.journal {
            Some(path) => Kept::read(path).map_err(|source| unusable(path, source))?,
            None => Kept::default(),
        };
        let listener = listen(address, kept.address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let base_url = base_url(address)?;
        let context = Arc::new(context(settings, kept, address, &base_url)?);
        expire_sessions(&context);
        let server = serve(Arc::clone(&context), listener).map_err(failed)?;
        Ok(Self {
            base_url,
            context,
            handle: server.handle(),
            server: tokio::spawn(server),
        })
    }

    /// Base URL of the API, to be used in place of `https://api.stripe.com/`.
    #[must_use]
    pub const fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// Changes the URL that webhooks are sent to, also for those that are being retried.
    pub fn set_webhook_url(&self, url: Option<Url>) {
        self.context.update(|state, _| state.outbox.url = url);
    }

    /// Stops at once and drops the requests and webhooks in progress.
    pub async fn stop(mut self) {
        self.handle.stop(false).await;
        self.context.background.stop().await;
        if let Ok(Err(error)) = (&mut self.server).await {
            tracing::warn!(%error, "sandbox server failed");
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.context.background.cancel();
        // The call sends the command; only the wait for its end is dropped.
        drop(self.handle.stop(false));
    }
}

/// Listens on an address. In place of any port, the one of an earlier sandbox is taken if it is free: links to its
/// pages have it.
async fn listen(address: SocketAddr, earlier: Option<SocketAddr>) -> io::Result<TcpListener> {
    let earlier = earlier.filter(|earlier| address.port() == 0 && earlier.ip() == address.ip());
    if let Some(earlier) = earlier {
        match tokio::net::TcpListener::bind(earlier).await {
            Ok(listener) => return listener.into_std(),
            Err(error) => tracing::warn!(
                %error,
                address = %earlier,
                "the sandbox listens elsewhere than before: links to checkouts that were opened there lead nowhere, and \
                 their orders can be canceled"
            ),
        }
    }
    let listener = tokio::net::TcpListener::bind(address).await?;
    listener.into_std()
}

fn unusable(path: &Path, source: io::Error) -> SandboxError {
    let path = path.to_owned();
    SandboxError::Journal { path, source }
}

fn base_url(mut address: SocketAddr) -> Result<Url, SandboxError> {
    // A server on all interfaces is reachable on this one.
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    Url::parse(&format!("http://{address}"))
        .map_err(|source| SandboxError::Address { address, source })
}

fn context(
    settings: SandboxSettings,
    kept: Kept,
    address: SocketAddr,
    base_url: &Url,
) -> Result<Context, SandboxError> {
    let page_base_url = settings.public_url.as_ref().unwrap_or(base_url);
    let min_session_seconds = settings.minimum_session_lifetime.as_secs();
    let account = AccountSettings {
        page_base_url: page_base_url.as_str().trim_end_matches('/').to_owned(),
        min_session_seconds: i64::try_from(min_session_seconds).unwrap_or(i64::MAX),
    };
    let mut state = State {
        account: Account::new(account, system_seeded_rng()?),
        idempotency: Idempotency::default(),
        faults: Faults::default(),
        outbox: Outbox::new(settings.webhook_url),
        journal: None,
    };
    if let Some(path) = &settings.journal {
        state.continue_from(kept, clock::seconds());
        let mut lines = state.lines();
        lines.push(Line::Address(address));
        let journal = Journal::start(path, &lines).map_err(|source| unusable(path, source))?;
        state.journal = Some(journal);
    }
    let state = SharedState::new(state);
    let webhooks = DispatcherSettings {
        secrets: settings.webhook_secrets,
        timeout: settings.webhook_timeout,
        retries: settings.webhook_retries,
    };
    let background = Background::new();
    let dispatcher = Dispatcher::start(webhooks, state.clone(), background.clone())
        .map_err(SandboxError::Webhooks)?;
    Ok(Context {
        state,
        dispatcher,
        background,
        api_key: settings.api_key,
    })
}

/// `Rng::new` would be seeded by the time since boot, which repeats from one machine to the next.
fn system_seeded_rng() -> Result<Rng, SandboxError> {
    let mut seed = [0; 8];
    SystemRandom::new()
        .fill(&mut seed)
        .map_err(|ring::error::Unspecified| SandboxError::Randomness)?;
    Ok(Rng::with_seed(u64::from_le_bytes(seed)))
}

/// Expires sessions in the background: every update of the state expires those that are due.
fn expire_sessions(context: &Arc<Context>) {
    let task_context = Arc::clone(context);
    context.background.spawn(async move {
        let mut interval = tokio::time::interval(EXPIRY_INTERVAL);
        loop {
            interval.tick().await;
            task_context.update(|_, _| {});
        }
    });
}

fn serve(context: Arc<Context>, listener: TcpListener) -> io::Result<actix_web::dev::Server> {
    let context = web::ThinData(context);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(context.clone())
            .wrap(DefaultHeaders::new().add(("Cache-Control", "no-store")))
            .configure(api::routes)
            .configure(page::routes)
            .configure(control::routes)
    })
    .workers(WORKERS)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok(server)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sandbox_on_all_interfaces_has_a_loopback_url() {
        let url = base_url("0.0.0.0:4242".parse().unwrap()).unwrap();
        assert_eq!(url.as_str(), "http://127.0.0.1:4242/");
    }

    #[tokio::test]
    async fn the_error_names_an_address_in_use() {
        let first = Sandbox::start(SandboxSettings::default()).await.unwrap();
        let port = first.base_url().port().unwrap();
        let settings = SandboxSettings {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            ..SandboxSettings::default()
        };
        let error = Sandbox::start(settings).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot listen at 127.0.0.1:{port}")
        );
    }

    #[tokio::test]
    async fn a_dropped_sandbox_stops() {
        let sandbox = Sandbox::start(SandboxSettings::default()).await.unwrap();
        let url = sandbox.base_url().clone();
        drop(sandbox);
        let gone = async {
            while reqwest::get(url.clone()).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(10), gone).await;
        assert!(in_time.is_ok());
    }
}
