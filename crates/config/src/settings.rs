use std::num::NonZeroUsize;
use std::time::Duration;

use tracing_subscriber::EnvFilter;
use udam_crypto::MasterKeys;
use udam_domain::policy::{
    CallPolicy, Checkout, ListingPolicy, OrderPolicy, SessionPolicy, Verification,
};
use udam_postgres::PoolSettings;
use url::Url;

use crate::http::HttpSettings;
use crate::mail::MailSettings;
use crate::payments::PaymentSettings;

/// Settings of a marketplace, in production and in development.
#[derive(Debug)]
pub struct MarketplaceSettings {
    /// Settings of the HTTP server.
    pub http: HttpSettings,
    /// Policy of orders.
    pub orders: OrderPolicy,
    /// Policy of listings.
    pub listings: ListingPolicy,
    /// Times of calls through the gateway.
    pub calls: CallPolicy,
    /// Lifetimes of sessions.
    pub sessions: SessionPolicy,
    /// Largest number of orders placed in one transaction.
    pub order_batch: NonZeroUsize,
    /// Time between two sweeps.
    pub reconcile_interval: Duration,
    pub(crate) payments: Option<PaymentSettings>,
    /// Mail settings; `None` if no mail is sent.
    pub mail: Option<MailSettings>,
}

impl MarketplaceSettings {
    /// Payment settings; `None` without a provider.
    #[must_use]
    pub const fn payments(&self) -> Option<&PaymentSettings> {
        self.payments.as_ref()
    }

    /// Has tabs need a verified address.
    pub(crate) fn require_verification(&mut self) {
        let orders = self.orders.clone();
        self.orders = orders.with_verification(Verification::Required);
    }

    /// Turns payments on.
    pub fn take_payments(&mut self, payments: PaymentSettings) {
        self.orders = self.orders.clone().with_checkout(Checkout::Available);
        self.payments = Some(payments);
    }
}

/// The settings of `udam serve`.
#[derive(Debug)]
pub struct ServeSettings {
    /// As in development.
    pub marketplace: MarketplaceSettings,
    /// Connection settings of the database.
    pub database: PoolSettings,
    /// Longest wait for the database at the start.
    pub database_wait: Duration,
    /// The standby that the catalogue is read from; `None` if it is read from the database.
    pub replica: Option<ReplicaSettings>,
    /// Master keys that sellers' keys are sealed under.
    pub master_keys: MasterKeys,
    /// Log filter.
    pub log: EnvFilter,
}

/// A standby that is read from.
#[derive(Debug, Clone)]
pub struct ReplicaSettings {
    /// Connection settings of the standby.
    pub database: PoolSettings,
    /// Longest delay with which it is read from.
    pub max_lag: Duration,
}

/// The settings of `udam mail test` and `udam accounts reset-link`.
#[derive(Debug)]
pub struct MailCommandSettings {
    /// Mail settings; `None` if no mail is sent.
    pub mail: Option<MailSettings>,
    /// URL at which buyers reach the marketplace.
    pub public_url: Option<Url>,
    /// Log filter.
    pub log: EnvFilter,
}

/// The settings of commands that need the database alone, such as `udam migrate`.
#[derive(Debug)]
pub struct DatabaseSettings {
    /// Connection settings of the database.
    pub database: PoolSettings,
    /// Log filter.
    pub log: EnvFilter,
}

/// The settings of `udam verify`.
#[derive(Debug)]
pub struct VerificationSettings {
    /// Connection settings of the database.
    pub database: PoolSettings,
    /// Master keys, which authenticate the audit trail; `None` if they are not set.
    pub master_keys: Option<MasterKeys>,
    /// Log filter.
    pub log: EnvFilter,
}

/// The settings of `udam keys rotate`.
#[derive(Debug)]
pub struct RotationSettings {
    /// Connection settings of the database.
    pub database: PoolSettings,
    /// Master keys; the first is the one to seal under.
    pub master_keys: MasterKeys,
    /// Log filter.
    pub log: EnvFilter,
}
