//! An API over mocked ports, for this crate's tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::web;
use async_trait::async_trait;
use metrics_exporter_prometheus::PrometheusBuilder;
use udam_domain::account::{Account, Email, Origin, Session, SessionToken};
use udam_domain::marketplace::OpenedSession;
use udam_domain::mocks::{MockPorts, account, signed_in};
use udam_domain::money::{Currency, Money};
use udam_domain::policy::TabLimits;
use udam_domain::time::Timestamp;
use udam_domain::{StoreError, SweepTrigger};
use udam_web::{
    Admission, GatewayAddress, Health, NotReady, PasswordlessLogIn, Readiness, TrustedProxies,
};

pub(crate) use udam_domain::mocks::{MockGateway, MockProvider};

use super::settings::WireRules;
use super::{Api, ApiDependencies, ApiSettings, OperationsOn, RecorderMetrics};

/// The token that [`TestApi::signed_in`] knows.
pub(crate) const TOKEN: &str = "udam_ses_test";

/// Mocked ports to set expectations on before they become an [`Api`].
pub(crate) struct TestApi {
    pub(crate) mocks: MockPorts,
    pub(crate) sweeps: Sweeps,
    pub(crate) settings: ApiSettings,
    pub(crate) ready: bool,
    pub(crate) trusted_proxies: TrustedProxies,
    pub(crate) passwordless: Option<Arc<dyn PasswordlessLogIn>>,
    pub(crate) rate_limit: bool,
}

/// Settings without limits.
pub(crate) fn settings() -> ApiSettings {
    ApiSettings {
        currency: Currency::USD,
        tab_limits: TabLimits {
            any: Money::new(2_500, Currency::USD),
            new: Money::new(500, Currency::USD),
        },
        gateway: GatewayAddress::at("https://udam.example/"),
        operations: OperationsOn::PublicListener,
    }
}

/// Parsing rules of an API with [`settings`].
pub(crate) const fn wire_rules() -> WireRules {
    WireRules {
        currency: Currency::USD,
        password_required: true,
        has_gateway: true,
    }
}

/// The account that [`TOKEN`] belongs to.
pub(crate) fn ada() -> Account {
    account(1)
}

/// The session that [`TOKEN`] belongs to.
pub(crate) fn session() -> Session {
    signed_in(1).session
}

impl TestApi {
    /// Ports that expect nothing.
    pub(crate) fn new() -> Self {
        Self {
            mocks: MockPorts::default(),
            sweeps: Sweeps::default(),
            settings: settings(),
            ready: true,
            trusted_proxies: TrustedProxies::default(),
            passwordless: None,
            rate_limit: false,
        }
    }

    /// Ports that know [`TOKEN`] as Ada's, and no other.
    pub(crate) fn signed_in() -> Self {
        let mut api = Self::new();
        api.mocks.authenticate(TOKEN, signed_in(1));
        api
    }

    /// As [`Self::signed_in`], by a session that has proved a second factor.
    pub(crate) fn proved() -> Self {
        let mut api = Self::new();
        let mut signed_in = signed_in(1);
        signed_in.has_factor = true;
        signed_in.session.proved_at = Some(Timestamp::UNIX_EPOCH);
        api.mocks.authenticate(TOKEN, signed_in);
        api
    }

    /// As [`Self::signed_in`], with a payment provider without expectations.
    pub(crate) fn paid_by(provider: MockProvider) -> Self {
        let mut api = Self::signed_in();
        api.mocks.provider = Some(provider);
        api
    }

    /// As [`Self::signed_in`], with a gateway.
    pub(crate) fn with_gateway(gateway: MockGateway) -> Self {
        let mut api = Self::signed_in();
        api.mocks.gateway = Some(gateway);
        api
    }

    /// The API over these ports. Its clock stands at the epoch, and its entropy is all zeros.
    pub(crate) fn into_data(self) -> web::Data<Api> {
        let ports = MockPorts {
            metrics: Arc::new(RecorderMetrics),
            sweeps: Arc::new(self.sweeps),
            ..self.mocks
        };
        let marketplace = ports.into_marketplace();
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
            signed_in: signed_in(1),
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
