//! What surrounds every request: its name, the headers that all answers share, a measurement, and one
//! line in the log.

use std::future::{Ready, ready};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::{Error, HttpMessage, web};
use futures::future::LocalBoxFuture;
use tracing::Instrument;
use udam_domain::error_chain;

use super::Api;
use super::call::ActingAccount;
use super::measure;
use super::problem::{Code, Refusal, Severity};
use super::request_id::{REQUEST_ID, RequestId};

/// Wraps an app so that each of its requests is named, measured and logged.
///
/// The log holds the route's pattern and not the path, and no header, query or body: what a client
/// sends may be secret.
#[must_use]
pub fn observe(api: web::Data<Api>) -> Observe {
    Observe { api }
}

/// See [`observe`].
#[derive(Clone)]
pub struct Observe {
    api: web::Data<Api>,
}

impl<S, B> Transform<S, ServiceRequest> for Observe
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type InitError = ();
    type Transform = Observer<S>;
    type Future = Ready<Result<Observer<S>, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let api = self.api.clone();
        ready(Ok(Observer { api, service }))
    }
}

/// An app's service with [`Observe`] around it.
pub struct Observer<S> {
    api: web::Data<Api>,
    service: S,
}

impl<S, B> Service<ServiceRequest> for Observer<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let started = Instant::now();
        let entropy = self.api.marketplace.entropy.as_ref();
        let id = RequestId::of(request.headers(), entropy);
        let span = tracing::info_span!("request", %id);
        let answered = self.service.call(request);
        let finished = async move {
            let response = answered.await?.map_into_boxed_body();
            report(&response, started.elapsed());
            Ok(name(response, &id))
        };
        Box::pin(finished.instrument(span))
    }
}

/// Measures and logs a request, within its span.
fn report(response: &ServiceResponse, took: Duration) {
    let request = response.request();
    let route = request.match_pattern();
    let route = route.as_deref().unwrap_or("unmatched");
    let method = measure::method(request.method());
    let status = response.status().as_u16();
    measure::request(route, method, status, took);

    let refusal = refusal(response);
    let account = request.extensions().get::<ActingAccount>().copied();
    let account = account.map(|ActingAccount(id)| tracing::field::debug(id));
    let problem = refusal.map(|refusal| refusal.problem.code().name());
    let cause = refusal.and_then(|refusal| refusal.cause.as_deref());
    let cause = cause.map(|cause| error_chain(cause));
    let severity = refusal.map_or(Severity::Expected, |refusal| refusal.severity);
    macro_rules! log {
        ($level:ident) => {
            tracing::$level!(target: "udam::access", method, route, status, ?took, account, problem, cause)
        };
    }
    match severity {
        Severity::Strained if worth_a_line(refusal) => log!(warn),
        Severity::Expected | Severity::Strained => log!(debug),
        Severity::Broken => log!(error),
    }
}

/// When there is more to do than can be done, a line for each refusal would be still more to do. One a
/// second tells as much; how many there are is measured.
fn worth_a_line(refusal: Option<&Refusal>) -> bool {
    static LAST: Mutex<Option<Instant>> = Mutex::new(None);
    const PAUSE: Duration = Duration::from_secs(1);

    if refusal.is_none_or(|refusal| refusal.problem.code() != Code::Overloaded) {
        return true;
    }
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let due = last.is_none_or(|last| last.elapsed() >= PAUSE);
    if due {
        *last = Some(Instant::now());
    }
    due
}

fn refusal(response: &ServiceResponse) -> Option<&Refusal> {
    response.response().error()?.as_error::<Refusal>()
}

/// Puts the request's name on the answer, and into it if it is a problem.
fn name(response: ServiceResponse, id: &RequestId) -> ServiceResponse {
    let private = response.request().path().starts_with("/v1");
    let named = refusal(&response).map(|refusal| refusal.problem.answer(Some(id)));
    let mut response = match named {
        Some(answer) => response.into_response(answer),
        None => response,
    };
    let headers = response.headers_mut();
    if let Some(id) = id.header() {
        headers.insert(REQUEST_ID, id);
    }
    or_else(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if private {
        // What may be kept says so itself; all else holds secrets or is somebody's own.
        or_else(headers, header::CACHE_CONTROL, "no-store");
    }
    response
}

fn or_else(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
