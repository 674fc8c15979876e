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
mod caller;
mod cursor;
mod fields;
mod handlers;
mod idempotency;
mod identity;
mod measure;
mod observe;
mod openapi;
mod premises;
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
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::web;
use actix_web::web::Bytes;
use async_trait::async_trait;
use ipnet::IpNet;
use metrics_exporter_prometheus::PrometheusHandle;
use udam_domain::Marketplace;
use udam_domain::money::{Currency, Money};

use rate_limit::RateLimits;
use routes::Endpoint;

pub use measure::{RecorderMetrics, describe_metrics};
pub use observe::{Observe, Observer, observe};
pub use premises::ApiPremises;

/// All that the API answers from.
pub struct Api {
    /// The use cases.
    pub marketplace: Marketplace,
    /// What an operator chose.
    pub settings: ApiSettings,
    surroundings: Surroundings,
    limits: RateLimits,
    document: Bytes,
    leaving: AtomicBool,
}

/// What the API needs besides the use cases.
pub struct Surroundings {
    /// Tells whether the server can do its work.
    pub readiness: Arc<dyn Readiness>,
    /// Renders what the recorder has gathered that was installed.
    pub metrics: PrometheusHandle,
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
    /// The proxies that are believed about whom they call for.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether callers that come too often are told to wait.
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

/// Why no requests should be sent to the server now. The cause is for the log.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// The database did not answer.
    #[error("the database did not answer")]
    Database(#[source] Box<dyn Error + Send + Sync>),
    /// The schema is older than this server.
    #[error("migrations are yet to be applied")]
    Migrations,
    /// The server has been asked to stop.
    #[error("the server is stopping")]
    Leaving,
}

impl Api {
    /// The API over these use cases.
    #[must_use]
    pub fn new(
        marketplace: Marketplace,
        settings: ApiSettings,
        surroundings: Surroundings,
    ) -> Self {
        let limits = RateLimits::new(settings.rate_limit);
        let document = openapi::document(&settings).to_string().into();
        Self {
            marketplace,
            settings,
            surroundings,
            limits,
            document,
            leaving: AtomicBool::new(false),
        }
    }

    /// From now on, tells those who send requests here to send them elsewhere.
    pub fn leave(&self) {
        self.leaving.store(true, Ordering::Relaxed);
    }

    async fn check_readiness(&self) -> Result<(), NotReady> {
        if self.leaving.load(Ordering::Relaxed) {
            Err(NotReady::Leaving)
        } else {
            self.surroundings.readiness.check().await
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
