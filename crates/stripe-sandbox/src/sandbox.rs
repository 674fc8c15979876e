use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::DefaultHeaders;
use actix_web::{App, HttpServer, web};
use ring::rand::{SecureRandom, SystemRandom};
use thiserror::Error;
use tokio::task::JoinHandle;
use url::Url;

use crate::account::{Account, Rules};
use crate::api::{self, Faults, Idempotency};
use crate::background::Background;
use crate::chance::Chance;
use crate::settings::SandboxSettings;
use crate::shared::{Shared, World};
use crate::webhooks::{self, Courier, CourierSettings, Mailroom};
use crate::{control, page};

/// How often sessions are ended whose time has come, if nobody asks for them before.
const TICK: Duration = Duration::from_millis(200);

/// Why a sandbox did not start.
#[derive(Debug, Error)]
pub enum SandboxError {
    /// Nobody can listen there.
    #[error("cannot listen at {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The address makes no URL.
    #[error("{address} makes no URL")]
    Address {
        /// Where.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: url::ParseError,
    },
    /// Webhooks cannot be sent.
    #[error("cannot set up the sending of webhooks")]
    Webhooks(#[source] reqwest::Error),
    /// The system has no randomness to make identifiers of.
    #[error("the system has no randomness")]
    Randomness,
}

/// A running sandbox.
///
/// It ends when stopped or dropped; what it knew is gone then.
#[derive(Debug)]
pub struct Sandbox {
    base_url: Url,
    shared: Arc<Shared>,
    server: ServerHandle,
    serving: JoinHandle<io::Result<()>>,
}

impl Sandbox {
    /// Starts a sandbox. To be called within a runtime, which must go on running.
    ///
    /// # Errors
    /// [`SandboxError`]
    pub async fn start(settings: SandboxSettings) -> Result<Self, SandboxError> {
        let address = settings.listen;
        let failed = |source| SandboxError::Listen { address, source };
        let listener = tokio::net::TcpListener::bind(address)
            .await
            .and_then(tokio::net::TcpListener::into_std)
            .map_err(failed)?;
        let base_url = base_url(listener.local_addr().map_err(failed)?)?;
        let shared = share(settings, &base_url)?;
        let server = serve(Arc::clone(&shared), listener).map_err(failed)?;
        let handle = server.handle();
        Ok(Self {
            base_url,
            shared,
            server: handle,
            serving: tokio::spawn(server),
        })
    }

    /// Where the sandbox is: to be used in place of `https://api.stripe.com/`.
    #[must_use]
    pub const fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// Changes where webhooks go, those included that are still being retried.
    pub fn set_webhook_url(&self, url: Option<Url>) {
        self.shared.visit(|world, _| world.mailroom.address = url);
    }

    /// Stops at once, whatever is in flight.
    pub async fn stop(mut self) {
        self.server.stop(false).await;
        self.shared.background.stop().await;
        if let Ok(Err(error)) = (&mut self.serving).await {
            tracing::warn!(%error, "the sandbox's server failed");
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.shared.background.cancel();
        // The command is sent by the call; what is dropped is only the wait.
        drop(self.server.stop(false));
    }
}

fn base_url(mut address: SocketAddr) -> Result<Url, SandboxError> {
    // Whoever listens everywhere is found here, too.
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    Url::parse(&format!("http://{address}"))
        .map_err(|source| SandboxError::Address { address, source })
}

fn share(settings: SandboxSettings, base_url: &Url) -> Result<Arc<Shared>, SandboxError> {
    let mut seed = [0; 32];
    SystemRandom::new()
        .fill(&mut seed)
        .map_err(|ring::error::Unspecified| SandboxError::Randomness)?;
    let pages = settings.public_url.as_ref().unwrap_or(base_url);
    let lifetime = settings.minimum_session_lifetime.as_secs();
    let rules = Rules {
        pages: pages.as_str().trim_end_matches('/').to_owned(),
        shortest_session: i64::try_from(lifetime).unwrap_or(i64::MAX),
    };
    let world = World {
        account: Account::new(rules, Chance::new(seed)),
        idempotency: Idempotency::default(),
        faults: Faults::default(),
        mailroom: Mailroom::new(settings.webhook_url),
    };
    let courier = CourierSettings {
        secrets: settings.webhook_secrets,
        patience: settings.webhook_timeout,
        retries: settings.webhook_retries,
    };
    let (courier, lanes) = Courier::new(courier).map_err(SandboxError::Webhooks)?;
    let background = Background::new();
    let shared = Shared::new(world, courier, background.clone(), settings.api_key);
    let shared = Arc::new(shared);
    webhooks::carry(&shared, lanes);
    let ticking = Arc::clone(&shared);
    background.spawn(async move {
        let mut tick = tokio::time::interval(TICK);
        loop {
            tick.tick().await;
            ticking.visit(|_, _| {});
        }
    });
    Ok(shared)
}

fn serve(shared: Arc<Shared>, listener: TcpListener) -> io::Result<actix_web::dev::Server> {
    let shared = web::ThinData(shared);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(shared.clone())
            .wrap(DefaultHeaders::new().add(("Cache-Control", "no-store")))
            .configure(api::routes)
            .configure(page::routes)
            .configure(control::routes)
    })
    .workers(2)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok(server)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sandbox_that_listens_everywhere_is_found_on_this_machine() {
        let url = base_url("0.0.0.0:4242".parse().unwrap()).unwrap();
        assert_eq!(url.as_str(), "http://127.0.0.1:4242/");
    }

    #[tokio::test]
    async fn an_address_that_is_taken_is_named() {
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
    async fn a_sandbox_that_is_dropped_is_gone() {
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
