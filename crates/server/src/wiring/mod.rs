//! Where the marketplace's ports meet their adapters.

mod provider;
mod store;
mod use_cases;

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use metrics_exporter_prometheus::PrometheusHandle;
use thiserror::Error;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use udam_crypto::{Argon2SetupError, MasterKeys};
use udam_domain::marketplace::Reconciliation;
use udam_domain::money::Currency;
use udam_domain::{Marketplace, OrderStore, StoreError, SweepTrigger};
use udam_postgres::{PgOrderStore, PgPaymentBacklog, PgPool, PgSealedKeyStore};
use udam_storefront::Storefront;
use udam_stripe::StripeSetupError;

use crate::api::{Api, ApiSettings, LoginMode, OperationsOn, Surroundings};
use crate::config::MarketplaceSettings;
use crate::master_keys::{MasterKeysError, vault_for_serving};
use crate::readiness::PgReadiness;
use crate::reconciliation::{Nudge, reconcile};
use crate::reservations::release_lapsed;
use crate::telemetry::measure_pool;

use provider::Provider;

/// How long the database may take to come to rest once the last request has been answered.
pub(crate) const WIND_DOWN: Duration = Duration::from_secs(5);

/// Why the parts do not make a marketplace.
#[derive(Debug, Error)]
pub enum WiringError {
    /// Some sellers' keys could not be opened.
    #[error(transparent)]
    MasterKeys(#[from] MasterKeysError),
    /// What is stored settles in another currency.
    #[error(
        "the database settles in {stored}, not in {configured}; set UDAM_CURRENCY to {stored}, or use \
         another database for {configured}"
    )]
    Currency {
        /// The database's.
        stored: Currency,
        /// The settings'.
        configured: Currency,
    },
    /// The database could not be asked for its currency.
    #[error("the database could not be asked for its currency")]
    Unavailable(#[from] StoreError),
    /// Passwords could not be hashed.
    #[error(transparent)]
    Passwords(#[from] Argon2SetupError),
    /// Orders could not be paid.
    #[error(transparent)]
    Payments(#[from] StripeSetupError),
}

/// A marketplace that is ready to be served.
pub struct Wired {
    /// Its use cases.
    pub marketplace: Marketplace,
    /// What serves them to programs.
    pub api: web::Data<Api>,
    /// What serves them to people.
    pub store: web::Data<Storefront>,
    pool: PgPool,
    orders: PgOrderStore,
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
    let vault = vault_for_serving(&PgSealedKeyStore::new(pool.clone()), master_keys).await?;
    check_currency(pool, settings.orders.currency()).await?;
    let provider = settings.payments().map(Provider::new).transpose()?;
    let orders = PgOrderStore::with_batches_of(
        settings.order_batch,
        pool.clone(),
        settings.orders.clone(),
        settings.sessions,
    );
    let store: Arc<dyn OrderStore> = Arc::new(orders.clone());
    let nudge = Nudge::default();
    let sweeps: Arc<dyn SweepTrigger> = Arc::new(nudge.clone());
    let ordering = (Arc::clone(&store), sweeps);
    let marketplace = use_cases::marketplace(pool, vault, settings, provider, ordering)?;
    let surroundings = Surroundings {
        readiness: Arc::new(PgReadiness::new(pool.clone())),
        metrics: recorder.clone(),
    };
    let mut background = JoinSet::new();
    background.spawn(measure_pool(pool.clone(), recorder));
    sweep(
        &mut background,
        pool,
        (&marketplace, store),
        nudge,
        settings.reconcile_interval,
    );
    let api = Api::new(
        marketplace.clone(),
        api_settings(settings, login),
        surroundings,
    );
    let (api, pool) = (web::Data::new(api), pool.clone());
    let store = store::storefront(&marketplace, settings, login, api.clone());
    Ok(Wired {
        marketplace,
        api,
        store: web::Data::new(store),
        pool,
        orders,
        background,
    })
}

/// Checks that all there is can be priced and paid in this currency: amounts are stored in its smallest
/// unit, and nothing converts them.
async fn check_currency(pool: &PgPool, configured: Currency) -> Result<(), WiringError> {
    match udam_postgres::other_currency(pool, configured).await? {
        Some(stored) => Err(WiringError::Currency { stored, configured }),
        None => Ok(()),
    }
}

/// Finishes what is left undone beside requests. Without a provider, that is reservations alone.
fn sweep(
    background: &mut JoinSet<()>,
    pool: &PgPool,
    (marketplace, orders): (&Marketplace, Arc<dyn OrderStore>),
    nudge: Nudge,
    every: Duration,
) {
    if let Some(payments) = marketplace.payments.clone() {
        let backlog = Arc::new(PgPaymentBacklog::new(pool.clone()));
        let reconciliation = Reconciliation {
            payments,
            backlog,
            orders,
        };
        background.spawn(reconcile(reconciliation, nudge, every));
    } else {
        let clock = Arc::clone(&marketplace.clock);
        background.spawn(release_lapsed(orders, clock, every));
    }
}

impl Wired {
    /// Ends what goes on beside requests, and lets the orders finish that nobody waits for any
    /// more: a caller that goes away does not undo its order, nor does the server.
    pub async fn wind_down(mut self) {
        self.background.shutdown().await;
        let at_rest = async {
            self.orders.drain().await;
            at_rest(&self.pool).await;
        };
        if timeout(WIND_DOWN, at_rest).await.is_err() {
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

fn api_settings(settings: &MarketplaceSettings, login: LoginMode) -> ApiSettings {
    ApiSettings {
        currency: settings.orders.currency(),
        tab_limit: settings.orders.tab_limit(),
        login,
        trusted_proxies: settings.http.trusted_proxies.clone(),
        rate_limit: settings.http.rate_limit,
        operations: match settings.http.admin_listen {
            Some(_) => OperationsOn::AdminListener,
            None => OperationsOn::PublicListener,
        },
    }
}
