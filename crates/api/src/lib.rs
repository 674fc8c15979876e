//! The JSON API over the marketplace's use cases.
//!
//! A handler reads a request step by step through its `RequestContext`, calls one use case, and
//! returns a type of `wire`. The handlers are listed in `endpoints`; every rule of the
//! business is in the domain crate, every HTTP status in [`problem`]; and what clients can read about
//! the API is derived from all of these in `openapi`.
//!
//! What may not live here: a decision, a query, or anything about money but its format.

mod audit_ndjson;
mod body;
mod cross_origin;
mod endpoints;
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
mod reference;
mod repeated_names;
mod request_context;
mod routes;
mod settings;
mod signature;
mod state;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::Once;

use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use udam_domain::Marketplace;
use udam_web::{ListingQuality, RateLimitClass, RequestId};

use cross_origin::CrossOrigin;
use problem::{ApiError, Problem};

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
            quality: ListingQuality::default(),
        };
        let document = openapi::document(api.wire_rules(), api.settings.operations);
        api.document = document.to_string().into();
        api
    }
}

/// Registers the public endpoints, and a problem for every other path. `/readyz` and `/metrics` are limited
/// here: they ask the database and render every metric.
pub fn configure(api: web::Data<Api>) -> impl Fn(&mut web::ServiceConfig) + Clone {
    move |app| {
        app.app_data(api.clone());
        let admin_only = api.settings.operations == OperationsOn::AdminListener;
        for (path, endpoints) in endpoints::by_path() {
            if admin_only && openapi::is_for_operators(&path) {
                app.route(&path, web::to(served_to_operators));
            } else {
                routes::register(app, &path, endpoints);
            }
        }
        app.default_service(web::to(async |request: HttpRequest| not_found(&request)));
    }
}

/// Says once, for operators, what makes their probes fail: they ask at the address of clients.
async fn served_to_operators(request: HttpRequest) -> HttpResponse {
    static WARNED: Once = Once::new();

    WARNED.call_once(|| {
        tracing::warn!(
            path = request.path(),
            "a request for operators came to UDAM_LISTEN, and was answered with 404; if it is your probe, send \
             it to UDAM_ADMIN_LISTEN"
        );
    });
    not_found(&request)
}

/// Registers the endpoints of the admin listener, without limits: `/healthz`, `/readyz` and `/metrics`.
pub fn configure_admin(api: web::Data<Api>) -> impl Fn(&mut web::ServiceConfig) + Clone {
    move |app| {
        app.app_data(api.clone());
        for (path, mut endpoints) in endpoints::by_path() {
            if path == "/healthz" || openapi::is_for_operators(&path) {
                for (_, endpoint) in &mut endpoints {
                    endpoint.limits.class = RateLimitClass::Unlimited;
                    endpoint.limits.cross_origin = CrossOrigin::Refused;
                }
                routes::register(app, &path, endpoints);
            }
        }
        app.default_service(web::to(async |request: HttpRequest| not_found(&request)));
    }
}

/// Responds that the process is alive, as `/healthz` does, while the marketplace is starting.
#[must_use]
pub fn alive() -> HttpResponse {
    HttpResponse::Ok().json(wire::HealthResponse { status: "ok" })
}

/// Responds that the marketplace is starting: 503, to be asked again in a moment.
#[must_use]
pub fn not_started(request: &HttpRequest) -> HttpResponse {
    routes::respond(request, Err(Problem::Overloaded.into()))
}

/// The response to a request whose head could not be read, for the status that this has in HTTP: 400, 408 or 431. Its
/// connection is closed, because nobody can tell where a next request would begin.
#[must_use]
pub fn unread_request(status: StatusCode, id: &RequestId) -> HttpResponse {
    let problem = match status {
        StatusCode::REQUEST_TIMEOUT => Problem::RequestTimeout,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Problem::RequestHeadTooLarge,
        _ => Problem::MalformedRequest,
    };
    ApiError::from(problem).into_response(Some(id))
}

/// The response to a request for a path that no adapter has.
#[must_use]
pub fn not_found(request: &HttpRequest) -> HttpResponse {
    routes::respond(request, Err(Problem::NotFound.into()))
}
