//! The JSON API: one of the ways into the marketplace's use cases.
//!
//! A handler reads what a client sends step by step through its `call`, asks one use case, and
//! answers with a type of `wire`. Which handler answers what is listed in `routes`; every rule of the
//! business is in the domain crate, every HTTP status in [`problem`]; and what the world is told about
//! the API is derived from all of these in `openapi`.
//!
//! What may not live here: a decision, a query, or anything about money but its spelling.

mod body;
mod fields;
mod handlers;
mod idempotency;
mod identity;
mod limits;
mod openapi;
mod paging;
pub mod problem;
mod query;
mod query_string;
mod reading;
mod recorder_metrics;
mod request_context;
mod routes;
mod settings;
mod state;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod wire;

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use udam_domain::Marketplace;

use problem::Problem;
use routes::Endpoint;

pub use recorder_metrics::{RecorderMetrics, describe_metrics};
pub use settings::{ApiSettings, OperationsOn};
pub use state::{Api, ApiDependencies};

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
