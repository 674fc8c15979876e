//! Where the marketplace's ports meet their adapters.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use metrics_exporter_prometheus::PrometheusHandle;
use thiserror::Error;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use udam_crypto::{
    Argon2Cost, Argon2PasswordHasher, Argon2SetupError, HashingLimits, MasterKeys, RingKeyVault,
    Sha256SessionMint, SystemClock, SystemEntropy,
};
use udam_domain::marketplace::{Accounts, Catalogue, Ordering, Sessions, Tokens};
use udam_domain::{Clock, Entropy, KeyVault, Marketplace, SessionMint, SessionStore};
use udam_postgres::{
    PgAccountStore, PgListingStore, PgOrderBook, PgOrderStore, PgPool, PgSealedKeyStore,
    PgSessionStore, PgTokenStore,
};

use crate::api::{Api, ApiSettings, LoginMode, OperationsOn};
use crate::config::MarketplaceSettings;
use crate::master_keys::{MissingMasterKeys, check_master_keys};
use crate::readiness::PgReadiness;
use crate::reservations::release_lapsed;
use crate::telemetry::measure_pool;

/// Why the parts do not make a marketplace.
#[derive(Debug, Error)]
pub enum WiringError {
    /// Some sellers' keys could not be opened.
    #[error(transparent)]
    MasterKeys(#[from] MissingMasterKeys),
    /// Passwords could not be hashed.
    #[error(transparent)]
    Passwords(#[from] Argon2SetupError),
}

/// A marketplace that is ready to be served.
pub struct Wired {
    /// Its use cases.
    pub marketplace: Marketplace,
    /// What serves them.
    pub api: web::Data<Api>,
    pool: PgPool,
    /// What goes on beside requests. It ends when this is dropped.
    background: JoinSet<()>,
}

/// Makes a marketplace over a database whose schema is up to date.
///
/// # Errors
/// [`WiringError`]
pub async fn wire(
    pool: &PgPool,
    master_keys: MasterKeys,
    settings: &MarketplaceSettings,
    login: LoginMode,
    recorder: PrometheusHandle,
) -> Result<Wired, WiringError> {
    check_master_keys(&PgSealedKeyStore::new(pool.clone()), &master_keys).await?;
    let marketplace = marketplace(pool, master_keys, settings)?;
    let mut background = JoinSet::new();
    background.spawn(measure_pool(pool.clone(), recorder.clone()));
    background.spawn(release_lapsed(
        Arc::clone(&marketplace.ordering.orders),
        Arc::clone(&marketplace.ordering.clock),
        settings.reconcile_interval,
    ));
    let readiness = Arc::new(PgReadiness::new(pool.clone()));
    let api = Api::new(
        marketplace.clone(),
        api_settings(settings, login),
        readiness,
        recorder,
    );
    let (api, pool) = (web::Data::new(api), pool.clone());
    Ok(Wired {
        marketplace,
        api,
        pool,
        background,
    })
}

impl Wired {
    /// Ends what goes on beside requests, and lets the orders finish that nobody waits for any
    /// more: a caller that goes away does not undo its order, nor does the server.
    pub async fn wind_down(mut self) {
        const PATIENCE: Duration = Duration::from_secs(5);

        self.background.shutdown().await;
        if timeout(PATIENCE, at_rest(&self.pool)).await.is_err() {
            tracing::warn!("stopped while the database was still at work");
        }
    }
}

/// Waits until nobody uses a connection.
async fn at_rest(pool: &PgPool) {
    const GLANCE: Duration = Duration::from_millis(10);

    loop {
        let status = pool.status();
        if status.waiting == 0 && status.available >= status.size {
            return;
        }
        sleep(GLANCE).await;
    }
}

fn marketplace(
    pool: &PgPool,
    master_keys: MasterKeys,
    settings: &MarketplaceSettings,
) -> Result<Marketplace, Argon2SetupError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let mint: Arc<dyn SessionMint> = Arc::new(Sha256SessionMint);
    let vault: Arc<dyn KeyVault> = Arc::new(RingKeyVault::new(master_keys));
    let session_store: Arc<dyn SessionStore> = Arc::new(PgSessionStore::new(pool.clone()));
    let policy = settings.sessions;
    let limits = HashingLimits::for_cores(settings.http.workers);
    let currency = settings.orders.currency();
    let orders = PgOrderStore::new(pool.clone(), settings.orders.clone(), policy);
    Ok(Marketplace {
        accounts: Accounts {
            accounts: Arc::new(PgAccountStore::new(pool.clone(), currency)),
            sessions: Arc::clone(&session_store),
            passwords: Arc::new(Argon2PasswordHasher::new(Argon2Cost::default(), limits)?),
            mint: Arc::clone(&mint),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            policy,
        },
        sessions: Sessions {
            sessions: session_store,
            mint,
            clock: Arc::clone(&clock),
            policy,
        },
        catalogue: Catalogue {
            listings: Arc::new(PgListingStore::new(pool.clone())),
            vault: Arc::clone(&vault),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
        },
        ordering: Ordering {
            orders: Arc::new(orders),
            book: Arc::new(PgOrderBook::new(pool.clone())),
            clock: Arc::clone(&clock),
            entropy,
        },
        payments: None,
        tokens: Tokens {
            tokens: Arc::new(PgTokenStore::new(pool.clone())),
            vault,
            clock,
        },
    })
}

fn api_settings(settings: &MarketplaceSettings, login: LoginMode) -> ApiSettings {
    ApiSettings {
        currency: settings.orders.currency(),
        tab_limit: settings.orders.tab_limit,
        login,
        rate_limit: settings.http.rate_limit,
        operations: match settings.http.admin_listen {
            Some(_) => OperationsOn::AdminListener,
            None => OperationsOn::PublicListener,
        },
    }
}
