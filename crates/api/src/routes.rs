//! Which handler answers which path and method. It is the one list: what is registered, what a `405`
//! allows, and what the OpenAPI document is checked against.

use std::future::Future;

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Resource, Route, guard, web};
use udam_web::body::BodyLimit;
use udam_web::{RateLimitClass, request_id};

use super::handlers::{
    Answer, accounts, listings, operations, orders, payments, sessions, tokens, webhooks,
};
use super::limits::Limits;
use super::problem::Problem;
use super::query_string::Queries;
use super::request_context::RequestContext;
use super::settings::OperationsOn;
use super::state::Api;

/// A path and what answers on it.
pub(super) struct Endpoint {
    pub(super) path: &'static str,
    pub(super) methods: Vec<Method>,
    routes: Vec<Route>,
    limits: Limits,
}

impl Endpoint {
    /// A path of the API, where no call reads a query unless it is said.
    fn at(path: &'static str) -> Self {
        Self {
            path,
            methods: Vec::new(),
            routes: Vec::new(),
            limits: Limits::default(),
        }
    }

    /// A path that others than the API's clients ask for.
    fn ignoring_queries(path: &'static str) -> Self {
        Self::at(path).reading(Queries::Ignored)
    }

    fn limited(mut self, class: RateLimitClass) -> Self {
        self.limits.class = class;
        self
    }

    fn accepting(mut self, body: BodyLimit) -> Self {
        self.limits.body = body;
        self
    }

    fn reading(mut self, queries: Queries) -> Self {
        self.limits.queries = queries;
        self
    }

    /// Answers `GET` as [`get`](Self::get) does, and reads a query.
    fn list<F: Future<Output = Answer> + 'static>(self, handler: fn(RequestContext) -> F) -> Self {
        self.get(handler).reading(Queries::ReadByGet)
    }

    /// Answers `GET`, and `HEAD` as `GET` without its body.
    fn get<F: Future<Output = Answer> + 'static>(self, handler: fn(RequestContext) -> F) -> Self {
        let reads = web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
        self.route([Method::GET, Method::HEAD], reads, handler)
    }

    fn post<F: Future<Output = Answer> + 'static>(self, handler: fn(RequestContext) -> F) -> Self {
        self.on(Method::POST, handler)
    }

    fn on<F: Future<Output = Answer> + 'static>(
        self,
        method: Method,
        handler: fn(RequestContext) -> F,
    ) -> Self {
        self.route([method.clone()], web::method(method), handler)
    }

    fn route<F: Future<Output = Answer> + 'static>(
        mut self,
        methods: impl IntoIterator<Item = Method>,
        route: Route,
        handler: fn(RequestContext) -> F,
    ) -> Self {
        let answer = move |api: web::Data<Api>, request: HttpRequest, body: web::Payload| async move {
            let limits = request.app_data::<Limits>().copied().unwrap_or_default();
            let context =
                RequestContext::admit(api, request.clone(), body.into_inner(), limits).await;
            let answer = match context {
                Ok(context) => handler(context).await,
                Err(error) => Err(error),
            };
            respond(&request, answer)
        };
        self.methods.extend(methods);
        self.routes.push(route.to(answer));
        self
    }

    /// Adds it to an app, with a `405` for all other methods.
    pub(super) fn register(self, app: &mut web::ServiceConfig) {
        let Self { methods, .. } = self;
        let refuse = move |request: HttpRequest| {
            let problem = Problem::MethodNotAllowed(methods.clone());
            async move { respond(&request, Err(problem.into())) }
        };
        let resource = web::resource(self.path)
            .app_data(self.limits)
            .default_service(web::to(refuse));
        app.service(self.routes.into_iter().fold(resource, Resource::route));
    }
}

/// The response to a request that was answered so.
pub(super) fn respond(request: &HttpRequest, answer: Answer) -> HttpResponse {
    let mut response =
        answer.unwrap_or_else(|error| error.into_response(request_id(request).as_ref()));
    let headers = response.headers_mut();
    if request.path().starts_with("/v1") && !headers.contains_key(header::CACHE_CONTROL) {
        // What may be kept says so itself; all else holds secrets or is somebody's own.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Everything that the public listener answers.
pub(super) fn public(operations_on: OperationsOn) -> Vec<Endpoint> {
    let mut endpoints = marketplace();
    endpoints.extend([
        Endpoint::ignoring_queries("/openapi.json").get(operations::openapi_json),
        Endpoint::ignoring_queries("/docs").get(operations::docs),
        Endpoint::ignoring_queries("/docs/{file:.*}").get(operations::docs_file),
    ]);
    match operations_on {
        OperationsOn::PublicListener => endpoints.extend(operations(RateLimitClass::General)),
        OperationsOn::AdminListener => endpoints.push(health()),
    }
    endpoints
}

/// Everything that the admin listener answers.
pub(super) fn admin() -> Vec<Endpoint> {
    operations(RateLimitClass::Unlimited)
}

/// What operators look at. On the public listener it is limited: it asks the database, and renders every
/// measurement there is.
fn operations(class: RateLimitClass) -> Vec<Endpoint> {
    vec![
        health(),
        Endpoint::ignoring_queries("/readyz")
            .get(operations::readyz)
            .limited(class),
        Endpoint::ignoring_queries("/metrics")
            .get(operations::metrics)
            .limited(class),
    ]
}

fn health() -> Endpoint {
    Endpoint::ignoring_queries("/healthz")
        .get(operations::healthz)
        .limited(RateLimitClass::Unlimited)
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
        Endpoint::at("/v1/me").get(accounts::show_account),
        Endpoint::at("/v1/me/listings").list(listings::list_own_listings),
        Endpoint::at("/v1/me/sales").list(orders::list_sales),
        Endpoint::at("/v1/tab").get(payments::show_tab),
        Endpoint::at("/v1/tab/checkout").post(payments::check_out_tab),
        Endpoint::ignoring_queries("/v1/webhooks/stripe")
            .post(webhooks::receive_stripe_event)
            .limited(RateLimitClass::Unlimited)
            .accepting(BodyLimit::WEBHOOK),
    ];
    endpoints.extend(authentication());
    endpoints
}

fn authentication() -> Vec<Endpoint> {
    vec![
        Endpoint::at("/v1/auth/register")
            .post(accounts::register)
            .limited(RateLimitClass::Credentials),
        Endpoint::at("/v1/auth/login")
            .post(accounts::log_in)
            .limited(RateLimitClass::Credentials),
        Endpoint::at("/v1/auth/password")
            .post(accounts::change_password)
            .limited(RateLimitClass::Credentials),
        Endpoint::at("/v1/auth/logout").post(sessions::log_out),
        Endpoint::at("/v1/auth/logout-everywhere").post(sessions::log_out_everywhere),
        Endpoint::at("/v1/auth/sessions").list(sessions::list_sessions),
        Endpoint::at("/v1/auth/sessions/{id}").on(Method::DELETE, sessions::end_session),
    ]
}
