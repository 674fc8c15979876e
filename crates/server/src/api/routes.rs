//! Which handler answers which path and method. It is the one list: what is registered, what a `405`
//! allows, and what the OpenAPI document is checked against.

use actix_web::dev::Handler;
use actix_web::http::Method;
use actix_web::{FromRequest, HttpResponse, Responder, Route, guard, web};

use super::body::BodyLimit;
use super::handlers::{
    accounts, listings, operations, orders, payments, sessions, tokens, webhooks,
};
use super::problem::{Problem, Refusal};
use super::query::Queries;
use super::rate_limit::Pace;
use super::{ApiSettings, OperationsOn};

/// A path and what answers on it.
pub(super) struct Endpoint {
    pub(super) path: &'static str,
    pub(super) methods: Vec<Method>,
    routes: Vec<Route>,
    pace: Pace,
    queries: Queries,
    body_limit: BodyLimit,
}

impl Endpoint {
    /// A path of the API, where no call reads a query unless it is said.
    fn at(path: &'static str) -> Self {
        Self {
            path,
            methods: Vec::new(),
            routes: Vec::new(),
            pace: Pace::General,
            queries: Queries::Refused,
            body_limit: BodyLimit::default(),
        }
    }

    /// A path that others than the API's clients ask for.
    fn beside_the_api(path: &'static str) -> Self {
        Self {
            queries: Queries::Ignored,
            ..Self::at(path)
        }
    }

    fn paced(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    fn taking(mut self, body_limit: BodyLimit) -> Self {
        self.body_limit = body_limit;
        self
    }

    /// Answers `GET` as [`get`](Self::get) does, and reads a query.
    fn list<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        Self {
            queries: Queries::ReadByGet,
            ..self.get(handler)
        }
    }

    /// Answers `GET`, and `HEAD` as `GET` without its body.
    fn get<F, Args>(mut self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let reads = guard::Any(guard::Get()).or(guard::Head());
        self.methods.extend([Method::GET, Method::HEAD]);
        self.routes.push(web::route().guard(reads).to(handler));
        self
    }

    fn on<F, Args>(mut self, method: Method, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.routes.push(web::method(method.clone()).to(handler));
        self.methods.push(method);
        self
    }

    fn post<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.on(Method::POST, handler)
    }

    /// Adds it to an app, with a `405` for all other methods.
    pub(super) fn register(self, app: &mut web::ServiceConfig) {
        let Self { methods, .. } = self;
        let refuse = move || {
            let problem = Problem::MethodNotAllowed(methods.clone());
            async { Err::<HttpResponse, _>(Refusal::from(problem)) }
        };
        let resource = web::resource(self.path)
            .app_data(self.pace)
            .app_data(self.queries)
            .app_data(self.body_limit)
            .default_service(web::to(refuse));
        app.service(
            self.routes
                .into_iter()
                .fold(resource, actix_web::Resource::route),
        );
    }
}

/// What every other path is told.
pub(super) async fn unknown_path() -> Result<HttpResponse, Refusal> {
    Err(Problem::NotFound.into())
}

/// Everything that the public listener answers.
pub(super) fn public(settings: &ApiSettings) -> Vec<Endpoint> {
    let mut endpoints = marketplace();
    endpoints.extend([
        Endpoint::beside_the_api("/openapi.json").get(operations::openapi_json),
        Endpoint::beside_the_api("/docs").get(operations::docs),
        Endpoint::beside_the_api("/docs/{file:.*}").get(operations::docs_file),
    ]);
    match settings.operations {
        OperationsOn::PublicListener => endpoints.extend(operations(Pace::General)),
        OperationsOn::AdminListener => endpoints.push(health()),
    }
    endpoints
}

/// Everything that the admin listener answers.
pub(super) fn admin() -> Vec<Endpoint> {
    operations(Pace::Unlimited)
}

/// What operators look at. Where anybody can call it, it is paced: it asks the database, and renders
/// every measurement there is.
fn operations(pace: Pace) -> Vec<Endpoint> {
    vec![
        health(),
        Endpoint::beside_the_api("/readyz")
            .get(operations::readyz)
            .paced(pace),
        Endpoint::beside_the_api("/metrics")
            .get(operations::metrics)
            .paced(pace),
    ]
}

fn health() -> Endpoint {
    Endpoint::beside_the_api("/healthz")
        .get(operations::healthz)
        .paced(Pace::Unlimited)
}

// The paths asked for most come first: they are tried in this order.
fn marketplace() -> Vec<Endpoint> {
    let mut endpoints = vec![
        Endpoint::at("/v1/orders")
            .post(orders::place_order)
            .list(orders::list_orders),
        Endpoint::at("/v1/listings")
            .list(listings::search_listings)
            .post(listings::publish_listing),
        Endpoint::at("/v1/listings/{id}")
            .get(listings::find_listing)
            .on(Method::PATCH, listings::edit_listing),
        Endpoint::at("/v1/orders/{id}").get(orders::find_order),
        Endpoint::at("/v1/orders/{id}/checkout").post(payments::check_out_order),
        Endpoint::at("/v1/orders/{id}/cancel").post(orders::cancel_order),
        Endpoint::at("/v1/orders/{id}/refund").post(orders::refund_order),
        Endpoint::at("/v1/tokens").list(tokens::list_tokens),
        Endpoint::at("/v1/tokens/{id}").get(tokens::find_token),
        Endpoint::at("/v1/tokens/{id}/reveal").post(tokens::reveal_key),
        Endpoint::at("/v1/tokens/{id}/revoke").post(tokens::revoke_token),
        Endpoint::at("/v1/me/listings").list(listings::list_own_listings),
        Endpoint::at("/v1/me/sales").list(orders::list_sales),
        Endpoint::at("/v1/tab").get(payments::show_tab),
        Endpoint::at("/v1/tab/checkout").post(payments::check_out_tab),
        Endpoint::beside_the_api("/v1/webhooks/stripe")
            .post(webhooks::receive_stripe_event)
            .paced(Pace::Unlimited)
            .taking(BodyLimit::WEBHOOK),
    ];
    endpoints.extend(authentication());
    endpoints
}

fn authentication() -> Vec<Endpoint> {
    vec![
        Endpoint::at("/v1/auth/register")
            .post(accounts::register)
            .paced(Pace::Credentials),
        Endpoint::at("/v1/auth/login")
            .post(accounts::log_in)
            .paced(Pace::Credentials),
        Endpoint::at("/v1/auth/password")
            .post(accounts::change_password)
            .paced(Pace::Credentials),
        Endpoint::at("/v1/auth/logout").post(sessions::log_out),
        Endpoint::at("/v1/auth/logout-everywhere").post(sessions::log_out_everywhere),
        Endpoint::at("/v1/auth/sessions").list(sessions::list_sessions),
        Endpoint::at("/v1/auth/sessions/{id}").on(Method::DELETE, sessions::end_session),
    ]
}
