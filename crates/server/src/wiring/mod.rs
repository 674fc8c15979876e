//! Wiring of the marketplace's ports to their adapters.

mod gateway;
mod mail;
mod provider;
mod store_settings;
mod use_cases;

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use metrics_exporter_prometheus::PrometheusHandle;
use thiserror::Error;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use udam_api::{Api, ApiDependencies, ApiSettings, OperationsOn};
use udam_crypto::{
    Argon2SetupError, Ed25519ReceiptSigner, HmacUnsubscribeMint, MasterKeys, SystemClock,
    UnsubscribeKeysError,
};
use udam_domain::marketplace::{EventFeedPorts, Reconciliation, ReconciliationPorts};
use udam_domain::money::Currency;
use udam_domain::policy::{SweepPolicy, Verification};
use udam_domain::{
    AuditChain, Clock, Entropy, Mailer, Marketplace, OrderStore, PaymentEventFeed, StoreError,
    SweepTrigger, UnsubscribeMint,
};
use udam_gateway::Gateway;
use udam_hosting::Routes;
use udam_postgres::{
    PgAlertStore, PgAuditChain, PgAuditKeyStore, PgCallStore, PgOrderStore, PgPaymentBacklog,
    PgPaymentEventLog, PgPool, PgSealedKeyStore, Replica,
};
use udam_storefront::{Development, Storefront, StorefrontDependencies};
use udam_stripe::StripeSetupError;
use udam_web::{Admission, Health};

use crate::audit_links::{AuditLinksError, audit_keys, link_all, link_audit_records};
use crate::lost_calls::give_up_lost_calls;
use crate::master_keys::{MasterKeysError, vault_for_serving};
use crate::readiness::PgReadiness;
use crate::reconciliation::{SweepSignal, reconcile};
use crate::reservations::release_lapsed;
use crate::telemetry::measure_pool;
use udam_config::MarketplaceSettings;

use gateway::{GatewayAdapters, GatewayError, published};
pub use mail::MailWiringError;
pub(crate) use mail::mailer;
use provider::Provider;
use store_settings::{gateway_address, store_settings};
use use_cases::Plugged;

/// Time for orders and connections to finish after the last request.
pub(crate) const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// Error of wiring a marketplace.
#[derive(Debug, Error)]
pub enum WiringError {
    /// Some sellers' keys could not be opened.
    #[error(transparent)]
    MasterKeys(#[from] MasterKeysError),
    /// Stored amounts are in another currency.
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
    /// The audit trail could not be linked.
    #[error(transparent)]
    AuditLinks(#[from] AuditLinksError),
    /// Services could not be called.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// Mail could not be sent.
    #[error(transparent)]
    Mail(#[from] MailWiringError),
    /// Links that end mails could not be signed.
    #[error(transparent)]
    Unsubscribing(#[from] UnsubscribeKeysError),
}

/// A marketplace that is ready to be served.
pub struct Wired {
    /// Its use cases.
    pub marketplace: Marketplace,
    /// The HTTP adapters over them.
    pub adapters: Adapters,
    pool: PgPool,
    orders: PgOrderStore,
    calls: PgCallStore,
    audit: Arc<dyn AuditChain>,
    /// Background tasks, which end when this is dropped.
    background: JoinSet<()>,
}

/// The HTTP adapters over a marketplace.
#[derive(Clone)]
pub struct Adapters {
    /// Serves it to programs.
    pub api: web::Data<Api>,
    /// Serves it to people.
    pub store: web::Data<Storefront>,
    /// State behind `/readyz`; set when the server stops.
    pub health: Arc<Health>,
    /// Calls services for buyers.
    pub gateway: Gateway,
    /// Draws request ids.
    pub entropy: Arc<dyn Entropy>,
    /// Routes that are tried before all others, for clients; `None` in production.
    pub first_routes: Option<Routes>,
}

impl Adapters {
    /// The server is stopping: it is no longer ready, and calls that it breaks off are not charged.
    pub fn stop(&self) {
        self.health.stop();
        self.gateway.stop();
    }
}

/// The database, and a standby of it that the catalogue is read from.
pub struct Databases<'a> {
    /// Connections to the database.
    pub pool: &'a PgPool,
    /// `None` if the catalogue is read from the database.
    pub replica: Option<Replica>,
}

impl<'a> Databases<'a> {
    /// The database alone.
    #[must_use]
    pub const fn primary(pool: &'a PgPool) -> Self {
        Self {
            pool,
            replica: None,
        }
    }
}

/// What a development server has in place of production's, and besides.
pub struct InDevelopment {
    /// Takes all mails.
    pub mailer: Arc<dyn Mailer>,
    /// Makes the additions to the storefront.
    pub additions: Box<dyn FnOnce(&Marketplace) -> Development + Send>,
}

/// Makes a marketplace over a database whose schema is up to date. `development` is `None` in production.
///
/// # Errors
/// [`WiringError`]
pub async fn wire(
    Databases { pool, replica }: Databases<'_>,
    master_keys: MasterKeys,
    settings: &MarketplaceSettings,
    recorder: PrometheusHandle,
    development: Option<InDevelopment>,
) -> Result<Wired, WiringError> {
    let signer = Ed25519ReceiptSigner::new(&master_keys).map_err(GatewayError::from)?;
    let unsubscribing: Arc<dyn UnsubscribeMint> = Arc::new(HmacUnsubscribeMint::new(&master_keys)?);
    let now = SystemClock.now();
    let keys = audit_keys(&master_keys, &PgAuditKeyStore::new(pool.clone()), now).await?;
    let audit: Arc<dyn AuditChain> = Arc::new(PgAuditChain::new(pool.clone(), Arc::new(keys)));
    let vault = vault_for_serving(&PgSealedKeyStore::new(pool.clone()), master_keys).await?;
    let vault = Arc::new(vault);
    check_currency(pool, settings.orders.currency()).await?;
    let receipts = published(signer, pool, now).await?;
    let provider = settings.payments().map(Provider::new).transpose()?;
    let orders = PgOrderStore::with_batches_of(
        settings.order_batch,
        pool.clone(),
        settings.orders.clone(),
        settings.sessions,
    );
    let store: Arc<dyn OrderStore> = Arc::new(orders.clone());
    let signal = SweepSignal::default();
    let sweeps: Arc<dyn SweepTrigger> = Arc::new(signal.clone());
    let events = provider.as_ref().map(|known| Arc::clone(&known.events));
    let sweeping = reconciliation_ports(pool, Arc::clone(&store), events);
    let calling = GatewayAdapters::new(pool, Arc::clone(&vault), settings, receipts)
        .map_err(GatewayError::from)?;
    let (mailer, verification) = match (&development, &settings.mail) {
        (Some(development), _) => (
            Some(Arc::clone(&development.mailer)),
            Verification::Optional,
        ),
        (None, Some(settings)) => (Some(mailer(settings)?), Verification::Required),
        (None, None) => (None, Verification::Impossible),
    };
    let mail_links = mail::links(pool, settings.orders.currency(), verification);
    let plugged = Plugged {
        mail_links,
        unsubscribing: Arc::clone(&unsubscribing),
        provider,
        orders: store,
        sweeps,
        gateway: calling.ports,
        replica: replica.clone(),
    };
    let marketplace = use_cases::marketplace(pool, vault, settings, plugged)?;
    let mut background = JoinSet::new();
    let (kept, every) = (calling.gateway.clone(), settings.reconcile_interval);
    background.spawn(async move { kept.keep_open().await });
    background.spawn(give_up_lost_calls(calling.calls, every));
    let clock = Arc::clone(&marketplace.clock);
    background.spawn(link_audit_records(Arc::clone(&audit), clock, every));
    if let Some(mailer) = mailer {
        let mails = mail::mails(pool, mailer, unsubscribing);
        crate::mail::start(&mails, every, &mut background);
    }
    if let Some(replica) = replica {
        background.spawn(replica.watch(pool.clone()));
    }
    background.spawn(measure_pool(pool.clone(), recorder.clone()));
    sweep(&mut background, &marketplace, sweeping, signal, every);
    let development = development.map(|parts| (parts.additions)(&marketplace));
    let http = &settings.http;
    let admission = Admission::new(http.trusted_proxies.clone(), http.rate_limit);
    let admission = Arc::new(admission);
    let health = Arc::new(Health::new(Arc::new(PgReadiness::new(pool.clone()))));
    let api = ApiDependencies {
        admission: Arc::clone(&admission),
        health: Arc::clone(&health),
        metrics: recorder,
        passwordless: development
            .as_ref()
            .map(|plugged| Arc::clone(&plugged.log_in)),
    };
    let store = StorefrontDependencies {
        admission,
        development,
    };
    let api = Api::new(marketplace.clone(), api_settings(settings), api);
    let store = Storefront::new(marketplace.clone(), store_settings(settings), store);
    let adapters = Adapters {
        api: web::Data::new(api),
        store: web::Data::new(store),
        health,
        gateway: calling.gateway,
        entropy: Arc::clone(&marketplace.entropy),
        first_routes: None,
    };
    Ok(Wired {
        marketplace,
        adapters,
        pool: pool.clone(),
        orders,
        calls: calling.store,
        audit,
        background,
    })
}

/// Checks that all stored amounts are in this currency: they are stored in its minor units, and nothing
/// converts them.
async fn check_currency(pool: &PgPool, configured: Currency) -> Result<(), WiringError> {
    match udam_postgres::other_currency(pool, configured).await? {
        Some(stored) => Err(WiringError::Currency { stored, configured }),
        None => Ok(()),
    }
}

fn reconciliation_ports(
    pool: &PgPool,
    orders: Arc<dyn OrderStore>,
    feed: Option<Arc<dyn PaymentEventFeed>>,
) -> ReconciliationPorts {
    ReconciliationPorts {
        backlog: Arc::new(PgPaymentBacklog::new(pool.clone())),
        orders,
        alerts: Arc::new(PgAlertStore::new(pool.clone())),
        events: feed.map(|feed| EventFeedPorts {
            feed,
            log: Arc::new(PgPaymentEventLog::new(pool.clone())),
        }),
    }
}

/// Starts the sweeps. Without a provider, only reservations are swept.
fn sweep(
    background: &mut JoinSet<()>,
    marketplace: &Marketplace,
    ports: ReconciliationPorts,
    signal: SweepSignal,
    every: Duration,
) {
    if let Some(payments) = marketplace.payments.clone() {
        let reconciliation = Reconciliation::new(ports, payments, SweepPolicy::default());
        background.spawn(reconcile(reconciliation, signal, every));
    } else {
        let clock = Arc::clone(&marketplace.clock);
        background.spawn(release_lapsed(ports.orders, clock, every));
    }
}

impl Wired {
    /// Stops the background tasks and waits for queued orders and the ends of calls: a client that goes away does not undo
    /// its order, nor does the server.
    pub async fn drain(mut self) {
        // Its calls are kept open until their ends are recorded.
        self.adapters.gateway.drain(DRAIN_TIMEOUT).await;
        self.background.shutdown().await;
        let at_rest = async {
            self.orders.drain().await;
            self.calls.drain().await;
            link_all(self.audit.as_ref(), self.marketplace.clock.as_ref()).await;
            at_rest(&self.pool).await;
        };
        if timeout(DRAIN_TIMEOUT, at_rest).await.is_err() {
            tracing::warn!("stopped while the database was still at work");
        }
    }
}

/// Waits until no connection is in use.
async fn at_rest(pool: &PgPool) {
    const POLL_INTERVAL: Duration = Duration::from_millis(10);

    loop {
        let status = pool.status();
        if status.waiting == 0 && status.available >= status.size {
            return;
        }
        sleep(POLL_INTERVAL).await;
    }
}

fn api_settings(settings: &MarketplaceSettings) -> ApiSettings {
    ApiSettings {
        currency: settings.orders.currency(),
        tab_limits: settings.orders.tab_limits(),
        gateway: gateway_address(settings),
        operations: match settings.http.admin_listen {
            Some(_) => OperationsOn::AdminListener,
            None => OperationsOn::PublicListener,
        },
    }
}
