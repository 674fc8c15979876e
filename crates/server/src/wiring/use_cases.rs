use std::sync::Arc;

use udam_api::RecorderMetrics;
use udam_crypto::{
    Argon2Cost, Argon2PasswordHasher, Argon2SetupError, HashingLimits, RingKeyVault,
    Sha256SessionMint, SystemClock, SystemEntropy,
};
use udam_domain::marketplace::{
    Accounts, Catalogue, OrderPorts, Orders, Payments, Sessions, Tokens, WebhookPorts, Webhooks,
};
use udam_domain::{
    Clock, Entropy, KeyVault, Marketplace, MarketplaceMetrics, OrderStore, SessionMint,
    SessionStore, SweepTrigger,
};
use udam_postgres::{
    PgAccountStore, PgListingStore, PgOrderReader, PgPaymentStore, PgPool, PgSessionStore,
    PgTokenStore,
};

use super::provider::Provider;
use crate::config::{MarketplaceSettings, processors};

/// The use cases over their adapters; paying only with a provider.
pub(super) fn marketplace(
    pool: &PgPool,
    vault: RingKeyVault,
    settings: &MarketplaceSettings,
    provider: Option<Provider>,
    (orders, sweeps): (Arc<dyn OrderStore>, Arc<dyn SweepTrigger>),
) -> Result<Marketplace, Argon2SetupError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let mint: Arc<dyn SessionMint> = Arc::new(Sha256SessionMint);
    let vault: Arc<dyn KeyVault> = Arc::new(vault);
    let session_store: Arc<dyn SessionStore> = Arc::new(PgSessionStore::new(pool.clone()));
    let listings = Arc::new(PgListingStore::new(pool.clone()));
    let policy = settings.sessions;
    let limits = HashingLimits::for_cores(processors());
    let currency = settings.orders.currency();
    let metrics: Arc<dyn MarketplaceMetrics> = Arc::new(RecorderMetrics);
    let (payments, webhooks) = provider
        .map(|Provider { gateway, verifier }| {
            let payments = Payments {
                gateway,
                charges: Arc::new(PgPaymentStore::new(pool.clone(), settings.orders.clone())),
                clock: Arc::clone(&clock),
                entropy: Arc::clone(&entropy),
            };
            let ports = WebhookPorts {
                verifier,
                clock: Arc::clone(&clock),
                metrics: Arc::clone(&metrics),
            };
            (payments.clone(), Webhooks::new(ports, payments))
        })
        .unzip();
    let orders = OrderPorts {
        store: orders,
        reader: Arc::new(PgOrderReader::new(pool.clone())),
        clock: Arc::clone(&clock),
        entropy: Arc::clone(&entropy),
        metrics,
        sweeps,
    };
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
            index: listings.clone(),
            listings,
            vault: Arc::clone(&vault),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
        },
        orders: Orders::new(orders, payments.clone()),
        payments,
        webhooks,
        tokens: Tokens {
            tokens: Arc::new(PgTokenStore::new(pool.clone())),
            vault,
            clock: Arc::clone(&clock),
        },
        clock,
        entropy,
    })
}
