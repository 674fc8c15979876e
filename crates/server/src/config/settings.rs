use std::num::NonZeroUsize;
use std::time::Duration;

use tracing_subscriber::EnvFilter;
use udam_crypto::MasterKeys;
use udam_domain::policy::{Checkout, OrderPolicy, SessionPolicy};
use udam_postgres::PoolSettings;

use super::http::HttpSettings;
use super::payments::PaymentSettings;

/// What every marketplace is run by, in production and in development.
#[derive(Debug)]
pub struct MarketplaceSettings {
    /// Where and how it is served.
    pub http: HttpSettings,
    /// How orders are accepted and paid.
    pub orders: OrderPolicy,
    /// How long sessions last.
    pub sessions: SessionPolicy,
    /// How many orders one transaction places at most.
    pub order_batch: NonZeroUsize,
    /// How often what is left undone of payments and reservations is looked for.
    pub reconcile_interval: Duration,
    pub(super) payments: Option<PaymentSettings>,
}

impl MarketplaceSettings {
    /// How orders are paid that need it, if they can be.
    #[must_use]
    pub const fn payments(&self) -> Option<&PaymentSettings> {
        self.payments.as_ref()
    }

    /// Has orders that need it paid so.
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
    /// Where the database is.
    pub database: PoolSettings,
    /// What sellers' keys are sealed under.
    pub master_keys: MasterKeys,
    /// What is logged.
    pub log: EnvFilter,
}

/// The settings of commands that look after the database.
#[derive(Debug)]
pub struct DatabaseSettings {
    /// Where the database is.
    pub database: PoolSettings,
    /// What is logged.
    pub log: EnvFilter,
}

/// The settings of `udam keys rotate`.
#[derive(Debug)]
pub struct RotationSettings {
    /// Where the database is.
    pub database: PoolSettings,
    /// What sellers' keys are sealed under, and to be sealed under.
    pub master_keys: MasterKeys,
    /// What is logged.
    pub log: EnvFilter,
}
