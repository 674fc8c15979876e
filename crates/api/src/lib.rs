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
mod fields;
mod handlers;
mod idempotency;
mod identity;
mod measure;
mod openapi;
mod paging;
pub mod problem;
mod query;
mod reading;
mod routes;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::Arc;

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use metrics_exporter_prometheus::PrometheusHandle;
use udam_domain::Marketplace;
use udam_domain::money::{Currency, Money};
use udam_web::{Admission, Health, PasswordlessLogIn};

use problem::Problem;
use routes::Endpoint;

pub use measure::{RecorderMetrics, describe_metrics};

/// The API: its use cases, settings and dependencies.
pub struct Api {
    marketplace: Marketplace,
    settings: ApiSettings,
    dependencies: ApiDependencies,
    document: Bytes,
}

/// What the API needs besides the use cases.
pub struct ApiDependencies {
    /// Shared with the other adapters: a client has one allowance.
    pub admission: Arc<Admission>,
    /// Answers `/readyz`.
    pub health: Arc<Health>,
    /// Renders what the installed recorder has gathered.
    pub metrics: PrometheusHandle,
    /// Logs in without a password; `None` in production.
    pub passwordless: Option<Arc<dyn PasswordlessLogIn>>,
}

/// What an operator chooses about the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiSettings {
    /// The one currency of all prices.
    pub currency: Currency,
    /// Most that a buyer may owe before paying.
    pub tab_limit: Money,
    /// Where `/readyz` and `/metrics` are served.
    pub operations: OperationsOn,
}

/// Where `/readyz` and `/metrics` are served. `/healthz` is served everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationsOn {
    /// Beside the public API.
    PublicListener,
    /// On the admin listener only.
    AdminListener,
}

/// How requests are read, as far as that depends on settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WireRules {
    /// Currency that amounts are read in.
    pub(crate) currency: Currency,
    /// Whether logging in takes a password.
    pub(crate) password_required: bool,
}

impl Api {
    /// The API over these use cases.
    #[must_use]
    pub fn new(
        marketplace: Marketplace,
        settings: ApiSettings,
        dependencies: ApiDependencies,
    ) -> Self {
        let mut api = Self {
            marketplace,
            settings,
            dependencies,
            document: Bytes::new(),
        };
        let document = openapi::document(api.wire_rules(), api.settings.operations);
        api.document = document.to_string().into();
        api
    }

    const fn wire_rules(&self) -> WireRules {
        WireRules {
            currency: self.settings.currency,
            password_required: self.dependencies.passwordless.is_none(),
        }
    }
}

/// Registers the public routes, and a problem for every other path.
pub fn configure(api: web::Data<Api>) -> impl Fn(&mut web::ServiceConfig) + Clone {
    move |app| register(app, &api, routes::public(api.settings.operations))
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
    app.default_service(web::to(async |request: HttpRequest| not_found(&request)));
}

/// The response to a request for a path that no adapter has.
#[must_use]
pub fn not_found(request: &HttpRequest) -> HttpResponse {
    routes::respond(request, Err(Problem::NotFound.into()))
}
