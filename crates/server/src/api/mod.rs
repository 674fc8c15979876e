//! The JSON API: one of the ways into the marketplace's use cases.
//!
//! A handler reads what a client sends step by step through its `call`, asks one use case, and
//! answers with a type of `wire`. Which handler answers what is listed in `routes`; every rule of the
//! business is in the domain crate, every HTTP status in [`problem`]; and what the world is told about
//! the API is derived from all of these in `openapi`.
//!
//! What may not live here: a decision, a query, or anything about money but its spelling.

mod body;
mod call;
mod cursor;
mod fields;
mod handlers;
mod idempotency;
mod identity;
mod measure;
mod observe;
mod openapi;
pub mod problem;
mod query;
mod rate_limit;
mod reading;
mod request_id;
mod routes;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod wire;

use std::error::Error;
use std::sync::Arc;

use actix_web::web;
use actix_web::web::Bytes;
use async_trait::async_trait;
use metrics_exporter_prometheus::PrometheusHandle;
use udam_domain::Marketplace;
use udam_domain::money::{Currency, Money};

use rate_limit::RateLimits;
use routes::Endpoint;

pub use measure::describe_metrics;
pub use observe::{Observe, Observer, observe};

/// All that the API answers from.
pub struct Api {
    /// The use cases.
    pub marketplace: Marketplace,
    /// What an operator chose.
    pub settings: ApiSettings,
    readiness: Arc<dyn Readiness>,
    metrics: PrometheusHandle,
    limits: RateLimits,
    document: Bytes,
}

/// What an operator chooses about the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiSettings {
    /// The one currency that prices are in.
    pub currency: Currency,
    /// How much a buyer may owe before paying.
    pub tab_limit: Money,
    /// What it takes to log in.
    pub login: LoginMode,
    /// Whether clients that call too often are told to wait.
    pub rate_limit: bool,
    /// Where operators look after the server.
    pub operations: OperationsOn,
}

/// What it takes to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginMode {
    /// The account's password.
    WithPassword,
    /// In development, an email address is enough, and makes an account if there is none.
    EmailAloneSuffices,
}

/// Where `/readyz` and `/metrics` are served. `/healthz` is served everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationsOn {
    /// Beside the public API.
    PublicListener,
    /// On the admin listener only.
    AdminListener,
}

/// Tells whether the server can do its work.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// Asks the database whether it is there and its schema is up to date.
    ///
    /// # Errors
    /// [`NotReady`]
    async fn check(&self) -> Result<(), NotReady>;
}

/// Why the server cannot do its work yet. The cause is for the log.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// The database did not answer.
    #[error("the database did not answer")]
    Database(#[source] Box<dyn Error + Send + Sync>),
    /// The schema is older than this server.
    #[error("migrations are yet to be applied")]
    Migrations,
}

impl Api {
    /// The API over these use cases. `metrics` is the handle of the recorder that was installed.
    #[must_use]
    pub fn new(
        marketplace: Marketplace,
        settings: ApiSettings,
        readiness: Arc<dyn Readiness>,
        metrics: PrometheusHandle,
    ) -> Self {
        let limits = RateLimits::new(settings.rate_limit);
        let document = openapi::document(&settings).to_string().into();
        Self {
            marketplace,
            settings,
            readiness,
            metrics,
            limits,
            document,
        }
    }
}

/// Registers the public routes, and a problem for every other path.
pub fn configure(api: web::Data<Api>) -> impl Fn(&mut web::ServiceConfig) + Clone {
    move |app| register(app, &api, routes::public(&api.settings))
}

/// Registers the routes of the admin listener: `/healthz`, `/readyz` and `/metrics`.
pub fn configure_admin(api: web::Data<Api>) -> impl Fn(&mut web::ServiceConfig) + Clone {
    move |app| register(app, &api, routes::admin())
}

fn register(app: &mut web::ServiceConfig, api: &web::Data<Api>, endpoints: Vec<Endpoint>) {
    app.app_data(api.clone());
    for endpoint in endpoints {
        endpoint.register(app);
    }
    app.default_service(web::to(routes::unknown_path));
}
