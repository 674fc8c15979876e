//! Routing by path, with a `405` for methods that a path does not have.

use std::future::Future;

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Route, guard, web};
use udam_web::{RateReport, add_rate_reports, rate_report, request_id};

use super::cross_origin::{self, CrossOrigin};
use super::handlers::Answer;
use super::limits::{Credential, Limits};
use super::problem::{ApiError, Problem};
use super::request_context::RequestContext;
use super::state::Api;

/// A handler and its limits.
pub(super) struct Endpoint {
    /// Name of the handler, by which its description is found.
    pub(super) name: &'static str,
    /// Limits on its requests.
    pub(super) limits: Limits,
    /// Credential that its callers need.
    pub(super) credential: Credential,
    serve: Box<dyn FnOnce(Route, Limits) -> Route>,
}

impl Endpoint {
    pub(super) fn new<F: Future<Output = Answer> + 'static>(
        name: &'static str,
        limits: Limits,
        credential: Credential,
        handler: fn(RequestContext) -> F,
    ) -> Self {
        let serve = move |route: Route, limits: Limits| {
            route.to(
                move |api: web::Data<Api>, request: HttpRequest, body: web::Payload| async move {
                    let body = body.into_inner();
                    let context =
                        RequestContext::admit(api, request.clone(), body, limits, credential).await;
                    let answer = match context {
                        Ok(context) => handler(context).await,
                        Err(error) => Err(error),
                    };
                    let mut response = respond(&request, answer);
                    if limits.cross_origin == CrossOrigin::Readable {
                        cross_origin::share(response.headers_mut());
                    }
                    response
                },
            )
        };
        Self {
            name,
            limits,
            credential,
            serve: Box::new(serve),
        }
    }
}

/// Adds a path to an app.
pub(super) fn register(
    app: &mut web::ServiceConfig,
    path: &str,
    endpoints: Vec<(Method, Endpoint)>,
) {
    let methods = methods(&endpoints);
    let readable = endpoints
        .iter()
        .any(|(_, endpoint)| endpoint.limits.cross_origin == CrossOrigin::Readable);
    let refuse = move |request: HttpRequest| {
        let preflight = readable
            .then(|| cross_origin::preflight(&request))
            .flatten();
        let problem = Problem::MethodNotAllowed(methods.clone());
        async move { preflight.unwrap_or_else(|| respond(&request, Err(problem.into()))) }
    };
    // The one path whose parameter may have slashes.
    let pattern = path.replace("{file}", "{file:.*}");
    let mut resource = web::resource(pattern).default_service(web::to(refuse));
    for (method, endpoint) in endpoints {
        resource = resource.route(endpoint.route(method));
    }
    app.service(resource);
}

impl Endpoint {
    fn route(self, method: Method) -> Route {
        let route = if method == Method::GET {
            web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
        } else {
            web::method(method)
        };
        (self.serve)(route, self.limits)
    }
}

/// The methods of a path. `GET` serves `HEAD` as well, without the body.
fn methods(endpoints: &[(Method, Endpoint)]) -> Vec<Method> {
    let mut methods = Vec::new();
    for (method, _) in endpoints {
        methods.push(method.clone());
        if *method == Method::GET {
            methods.push(Method::HEAD);
        }
    }
    methods
}

/// The response with this result.
pub(super) fn respond(request: &HttpRequest, answer: Answer) -> HttpResponse {
    let of_account = answer.as_ref().err().and_then(ApiError::limit_of_account);
    let limits: Vec<RateReport> = rate_report(request).into_iter().chain(of_account).collect();
    let mut response =
        answer.unwrap_or_else(|error| error.into_response(request_id(request).as_ref()));
    let headers = response.headers_mut();
    add_rate_reports(headers, &limits);
    if request.path().starts_with("/v1") && !headers.contains_key(header::CACHE_CONTROL) {
        // What may be kept says so itself; all else holds secrets or is somebody's own.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
