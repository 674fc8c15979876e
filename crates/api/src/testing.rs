//! An API over mocked ports, for this crate's tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::web;
use async_trait::async_trait;
use ipnet::IpNet;
use metrics_exporter_prometheus::PrometheusBuilder;
use udam_domain::account::{
    Account, Email, Origin, Session, SessionDigest, SessionToken, SignedIn,
};
use udam_domain::id::{AccountId, SessionId};
use udam_domain::marketplace::{
    Accounts, Catalogue, OpenedSession, OrderPorts, Orders, Payments, Sessions, Tokens,
    WebhookPorts, Webhooks,
};
use udam_domain::money::{Currency, Money};
use udam_domain::policy::SessionPolicy;
use udam_domain::time::{SignedDuration, Timestamp};
use udam_domain::{
    Marketplace, MockAccountStore, MockClock, MockEntropy, MockKeyVault, MockListingIndex,
    MockListingStore, MockOrderReader, MockOrderStore, MockPasswordHasher, MockPaymentGateway,
    MockPaymentStore, MockSessionMint, MockSessionStore, MockTokenStore, MockWebhookVerifier,
    StoreError, SweepTrigger,
};
use udam_web::{Admission, Health, NotReady, PasswordlessLogIn, Readiness};
use uuid::Uuid;

use super::settings::WireRules;
use super::{Api, ApiDependencies, ApiSettings, OperationsOn, RecorderMetrics};

/// The token that [`TestApi::signed_in`] knows.
pub(crate) const TOKEN: &str = "udam_ses_test";

/// Mocked ports, to be told what to expect before they become an [`Api`].
pub(crate) struct TestApi {
    pub(crate) accounts: MockAccountStore,
    pub(crate) sessions: MockSessionStore,
    pub(crate) passwords: MockPasswordHasher,
    pub(crate) mint: MockSessionMint,
    pub(crate) listings: MockListingStore,
    pub(crate) vault: MockKeyVault,
    pub(crate) orders: MockOrderStore,
    pub(crate) reader: MockOrderReader,
    pub(crate) tokens: MockTokenStore,
    pub(crate) provider: Option<MockProvider>,
    pub(crate) sweeps: Sweeps,
    pub(crate) settings: ApiSettings,
    pub(crate) ready: bool,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) passwordless: Option<Arc<dyn PasswordlessLogIn>>,
    pub(crate) rate_limit: bool,
}

/// What it takes to be paid.
#[derive(Default)]
pub(crate) struct MockProvider {
    pub(crate) gateway: MockPaymentGateway,
    pub(crate) charges: MockPaymentStore,
    pub(crate) webhooks: MockWebhookVerifier,
}

/// Settings that stand in nobody's way.
pub(crate) fn settings() -> ApiSettings {
    ApiSettings {
        currency: Currency::USD,
        tab_limit: Money::new(2_500, Currency::USD),
        operations: OperationsOn::PublicListener,
    }
}

/// What an API with [`settings`] reads requests by.
pub(crate) const fn wire_rules() -> WireRules {
    WireRules {
        currency: Currency::USD,
        password_required: true,
    }
}

/// The account that [`TOKEN`] belongs to.
pub(crate) fn ada() -> Account {
    Account {
        id: AccountId::from_uuid(Uuid::from_u128(1)),
        email: "ada@example.com".parse().unwrap(),
        name: "Ada".parse().unwrap(),
    }
}

/// The session that [`TOKEN`] opens.
pub(crate) fn session() -> Session {
    Session {
        id: SessionId::from_uuid(Uuid::from_u128(2)),
        account_id: ada().id,
        origin: Origin::default(),
        created_at: Timestamp::UNIX_EPOCH,
        last_seen_at: Timestamp::UNIX_EPOCH,
        expires_at: Timestamp::MAX,
    }
}

const fn session_policy() -> SessionPolicy {
    SessionPolicy {
        ttl: SignedDuration::from_hours(24),
        idle_ttl: SignedDuration::from_hours(1),
    }
}

impl TestApi {
    /// Ports that expect nothing.
    pub(crate) fn new() -> Self {
        Self {
            accounts: MockAccountStore::new(),
            sessions: MockSessionStore::new(),
            passwords: MockPasswordHasher::new(),
            mint: MockSessionMint::new(),
            listings: MockListingStore::new(),
            vault: MockKeyVault::new(),
            orders: MockOrderStore::new(),
            reader: MockOrderReader::new(),
            tokens: MockTokenStore::new(),
            provider: None,
            sweeps: Sweeps::default(),
            settings: settings(),
            ready: true,
            trusted_proxies: Vec::new(),
            passwordless: None,
            rate_limit: false,
        }
    }

    /// Ports that know [`TOKEN`] as Ada's, and no other.
    pub(crate) fn signed_in() -> Self {
        let mut api = Self::new();
        api.mint
            .expect_recognize()
            .returning(|token| (token.expose() == TOKEN).then(|| SessionDigest::new([7; 32])));
        api.sessions.expect_authenticate().returning(|_, _, _| {
            Ok(Some(SignedIn {
                account: ada(),
                session: session(),
            }))
        });
        api
    }

    /// As [`Self::signed_in`], with a payment provider that has yet to be told what to expect.
    pub(crate) fn paid_by(provider: MockProvider) -> Self {
        Self {
            provider: Some(provider),
            ..Self::signed_in()
        }
    }

    /// The API over these ports. Its clock stands at the epoch, and its entropy is all zeros.
    pub(crate) fn into_data(self) -> web::Data<Api> {
        let mut clock = MockClock::new();
        clock.expect_now().return_const(Timestamp::UNIX_EPOCH);
        let mut entropy = MockEntropy::new();
        entropy.expect_fill().return_const(());
        let (clock, entropy) = (Arc::new(clock), Arc::new(entropy));
        let (sessions, mint) = (Arc::new(self.sessions), Arc::new(self.mint));
        let vault = Arc::new(self.vault);
        let (payments, webhooks) = self
            .provider
            .map(|provider| {
                let payments = Payments {
                    gateway: Arc::new(provider.gateway),
                    charges: Arc::new(provider.charges),
                    clock: clock.clone(),
                    entropy: entropy.clone(),
                };
                let webhooks = WebhookPorts {
                    verifier: Arc::new(provider.webhooks),
                    clock: clock.clone(),
                    metrics: Arc::new(RecorderMetrics),
                };
                (payments.clone(), Webhooks::new(webhooks, payments))
            })
            .unzip();
        let orders = OrderPorts {
            store: Arc::new(self.orders),
            reader: Arc::new(self.reader),
            clock: clock.clone(),
            entropy: entropy.clone(),
            metrics: Arc::new(RecorderMetrics),
            sweeps: Arc::new(self.sweeps),
        };
        let marketplace = Marketplace {
            accounts: Accounts {
                accounts: Arc::new(self.accounts),
                sessions: sessions.clone(),
                passwords: Arc::new(self.passwords),
                mint: mint.clone(),
                clock: clock.clone(),
                entropy: entropy.clone(),
                policy: session_policy(),
            },
            sessions: Sessions {
                sessions,
                mint,
                clock: clock.clone(),
                policy: session_policy(),
            },
            catalogue: Catalogue {
                listings: Arc::new(self.listings),
                index: Arc::new(MockListingIndex::new()),
                vault: vault.clone(),
                clock: clock.clone(),
                entropy: entropy.clone(),
            },
            orders: Orders::new(orders, payments.clone()),
            payments,
            webhooks,
            tokens: Tokens {
                tokens: Arc::new(self.tokens),
                vault,
                clock: clock.clone(),
            },
            clock,
            entropy,
        };
        let dependencies = ApiDependencies {
            admission: Arc::new(Admission::new(self.trusted_proxies, self.rate_limit)),
            health: Arc::new(Health::new(Arc::new(Ready(self.ready)))),
            passwordless: self.passwordless,
            metrics: PrometheusBuilder::new().build_recorder().handle(),
        };
        web::Data::new(Api::new(marketplace, self.settings, dependencies))
    }
}

/// Opens Ada's session, whatever the address.
pub(crate) struct AnybodyIsAda;

#[async_trait]
impl PasswordlessLogIn for AnybodyIsAda {
    async fn log_in(&self, _email: Email, _origin: Origin) -> Result<OpenedSession, StoreError> {
        Ok(OpenedSession {
            token: SessionToken::new(TOKEN.to_owned()),
            signed_in: SignedIn {
                account: ada(),
                session: session(),
            },
        })
    }
}

/// Counts how often a sweep was asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sweeps(Arc<AtomicUsize>);

impl Sweeps {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl SweepTrigger for Sweeps {
    fn trigger(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

struct Ready(bool);

#[async_trait]
impl Readiness for Ready {
    async fn check(&self) -> Result<(), NotReady> {
        if self.0 {
            Ok(())
        } else {
            Err(NotReady::Migrations)
        }
    }
}
