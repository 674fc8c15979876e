use std::sync::Arc;

use udam_api::RecorderMetrics;
use udam_crypto::{
    Argon2Cost, Argon2PasswordHasher, Argon2SetupError, CommonPasswordList, HashingLimits,
    RingKeyVault, RingOneTimeCodes, Sha256AccountKeyMint, Sha256ChallengeMint, Sha256SessionMint,
    SystemClock, SystemEntropy,
};
use udam_domain::marketplace::{
    AccountKeyPorts, EventPorts, GatewayPorts, MailLinkPorts, MarketplacePorts, ProviderPorts,
    Readers, SecondFactorPorts,
};
use udam_domain::{ListingReader, Marketplace, OrderStore, SweepTrigger, UnsubscribeMint};
use udam_postgres::{
    PgAccountKeyStore, PgAccountStore, PgAdministrationStore, PgAlertStore, PgAuditTrail,
    PgCatalogueReader, PgComplaintStore, PgEventInbox, PgListingStore, PgLogInChallengeStore,
    PgMailPreferenceStore, PgOrderReader, PgPasswordAttemptStore, PgPaymentStore,
    PgPersonalDataStore, PgPool, PgSecondFactorStore, PgSessionStore, PgStoryReader, PgTabReader,
    PgTokenStore, Replica,
};

use super::provider::Provider;
use super::store_settings::public_url;
use udam_config::{MarketplaceSettings, processors};
use url::Url;

/// Adapters that more than the use cases need.
pub(super) struct Plugged {
    pub(super) provider: Option<Provider>,
    pub(super) orders: Arc<dyn OrderStore>,
    pub(super) sweeps: Arc<dyn SweepTrigger>,
    pub(super) gateway: GatewayPorts,
    pub(super) mail_links: MailLinkPorts,
    pub(super) unsubscribing: Arc<dyn UnsubscribeMint>,
    /// The standby that the catalogue is read from, if there is one.
    pub(super) replica: Option<Replica>,
}

/// The use cases over their adapters; paying only with a provider.
pub(super) fn marketplace(
    pool: &PgPool,
    vault: Arc<RingKeyVault>,
    settings: &MarketplaceSettings,
    plugged: Plugged,
) -> Result<Marketplace, Argon2SetupError> {
    let Plugged {
        provider,
        orders,
        sweeps,
        gateway,
        mail_links,
        unsubscribing,
        replica,
    } = plugged;
    let limits = HashingLimits::for_cores(processors());
    let currency = settings.orders.currency();
    let listings = Arc::new(PgListingStore::new(pool.clone()));
    let catalogue: Arc<dyn ListingReader> = match replica {
        Some(replica) => Arc::new(PgCatalogueReader::new((*listings).clone(), replica)),
        None => listings.clone(),
    };
    let tokens = Arc::new(PgTokenStore::new(pool.clone()));
    let ports = MarketplacePorts {
        accounts: Arc::new(PgAccountStore::new(pool.clone(), currency)),
        sessions: Arc::new(PgSessionStore::new(pool.clone())),
        attempts: Arc::new(PgPasswordAttemptStore::new(pool.clone())),
        passwords: Arc::new(Argon2PasswordHasher::new(Argon2Cost::default(), limits)?),
        common_passwords: Arc::new(CommonPasswordList::new()),
        mint: Arc::new(Sha256SessionMint),
        second_factors: SecondFactorPorts {
            store: Arc::new(PgSecondFactorStore::new(pool.clone())),
            challenges: Arc::new(PgLogInChallengeStore::new(pool.clone())),
            codes: Arc::new(RingOneTimeCodes),
            challenge_mint: Arc::new(Sha256ChallengeMint),
            vault: Arc::<RingKeyVault>::clone(&vault),
            issuer: issuer(settings),
        },
        account_keys: AccountKeyPorts {
            store: Arc::new(PgAccountKeyStore::new(pool.clone())),
            mint: Arc::new(Sha256AccountKeyMint),
        },
        listings: listings.clone(),
        listing_index: listings.clone(),
        vault,
        orders,
        tokens: tokens.clone(),
        complaints: Arc::new(PgComplaintStore::new(pool.clone())),
        administration: Arc::new(PgAdministrationStore::new(pool.clone())),
        stories: Arc::new(PgStoryReader::new(pool.clone())),
        alerts: Arc::new(PgAlertStore::new(pool.clone())),
        readers: Readers {
            listings,
            catalogue,
            orders: Arc::new(PgOrderReader::new(pool.clone())),
            tabs: Arc::new(PgTabReader::new(pool.clone())),
            tokens,
            audit: Arc::new(PgAuditTrail::new(pool.clone())),
        },
        provider: provider.map(|provider| ProviderPorts {
            gateway: provider.gateway,
            charges: Arc::new(PgPaymentStore::new(pool.clone(), settings.orders.clone())),
            webhooks: Some(provider.verifier),
            events: Some(EventPorts {
                inbox: Arc::new(PgEventInbox::new(pool.clone(), settings.orders.clone())),
                feed: provider.events,
            }),
        }),
        gateway: Some(gateway),
        mail_links: Some(mail_links),
        personal_data: Arc::new(PgPersonalDataStore::new(pool.clone())),
        mail_preferences: Arc::new(PgMailPreferenceStore::new(pool.clone())),
        unsubscribing,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        metrics: Arc::new(RecorderMetrics),
        sweeps,
    };
    Ok(Marketplace::new(
        ports,
        settings.sessions,
        settings.listings,
    ))
}

/// Name of the marketplace in the apps of its users: its host, which tells it from others.
fn issuer(settings: &MarketplaceSettings) -> String {
    let host = public_url(settings).and_then(Url::host_str);
    host.unwrap_or("UDAM").to_owned()
}
