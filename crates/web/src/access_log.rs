//! Middleware around every request: its id, the headers that all responses share, metrics, and one
//! line in the log.

use std::future::{Ready, ready};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{Error, HttpMessage, HttpResponse};
use futures::future::LocalBoxFuture;
use tracing::Instrument;
use udam_domain::{Entropy, error_chain};

use crate::acting_account::acting_account;
use crate::failure::{Failure, Severity};
use crate::request_id::{REQUEST_ID, RequestId};
use crate::request_metrics::{count_request, method_label, record_request};

/// Label of requests that no route has.
const UNMATCHED: &str = "unmatched";

/// Route of a request, where the router knows a part of it alone: a handler puts it into the request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route(pub &'static str);

/// Wraps an app so that each request has an id, is measured and is logged.
///
/// The log holds the route's pattern and not the path, and no header, query or body: what a client
/// sends may be secret.
#[must_use]
pub fn access_log(entropy: Arc<dyn Entropy>) -> AccessLog {
    AccessLog { entropy }
}

/// See [`access_log()`].
#[derive(Clone)]
pub struct AccessLog {
    entropy: Arc<dyn Entropy>,
}

impl<S, B> Transform<S, ServiceRequest> for AccessLog
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type InitError = ();
    type Transform = AccessLogService<S>;
    type Future = Ready<Result<AccessLogService<S>, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let entropy = Arc::clone(&self.entropy);
        ready(Ok(AccessLogService { entropy, service }))
    }
}

/// An app's service with [`AccessLog`] around it.
pub struct AccessLogService<S> {
    entropy: Arc<dyn Entropy>,
    service: S,
}

impl<S, B> Service<ServiceRequest> for AccessLogService<S>
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
        let id = RequestId::of(request.headers(), self.entropy.as_ref());
        let span = tracing::info_span!("request", %id);
        request.extensions_mut().insert(id.clone());
        let responding = self.service.call(request);
        let finished = async move {
            let mut response = responding.await?.map_into_boxed_body();
            report(&response, started.elapsed());
            complete(response.headers_mut(), &id);
            Ok(response)
        };
        Box::pin(finished.instrument(span))
    }
}

/// Measures and logs a request, within its span.
fn report(response: &ServiceResponse, took: Duration) {
    let request = response.request();
    let named = request.extensions().get::<Route>().map(|route| route.0);
    let matched = named.is_none().then(|| request.match_pattern()).flatten();
    let route = named.or(matched.as_deref()).unwrap_or(UNMATCHED);
    let method = method_label(request.method());
    let status = response.status().as_u16();
    record_request(route, method, status, took);

    let extensions = response.response().extensions();
    let failure = extensions.get::<Failure>();
    let account = acting_account(request).map(tracing::field::debug);
    let problem = failure.map(|failure| failure.code);
    let cause = failure.and_then(|failure| failure.cause.as_deref());
    let cause = cause.map(|cause| error_chain(cause));
    let severity = failure.map_or(Severity::Expected, |failure| failure.severity);
    macro_rules! log {
        ($level:ident) => {
            tracing::$level!(target: "udam::access", method, route, status, ?took, account, problem, cause)
        };
    }
    match severity {
        Severity::Degraded => log!(warn),
        Severity::Overloaded if is_overload_line_due() => log!(warn),
        Severity::Expected | Severity::Overloaded => log!(debug),
        Severity::Broken => log!(error),
    }
}

/// A line for every rejected request would add to the overload. One a second is enough; the metrics count
/// all.
fn is_overload_line_due() -> bool {
    static LAST: Mutex<Option<Instant>> = Mutex::new(None);
    const INTERVAL: Duration = Duration::from_secs(1);

    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let due = last.is_none_or(|last| last.elapsed() >= INTERVAL);
    if due {
        *last = Some(Instant::now());
    }
    due
}

/// Counts and logs a request that never reached an app, because its head could not be read, and completes its
/// response.
pub fn report_unread_request(response: &mut HttpResponse, id: &RequestId) {
    let status = response.status().as_u16();
    count_request(UNMATCHED, "other", status);
    let problem = {
        let extensions = response.extensions();
        extensions.get::<Failure>().map(|failure| failure.code)
    };
    let _in_request = tracing::info_span!("request", %id).entered();
    tracing::debug!(target: "udam::access", route = UNMATCHED, status, problem);
    complete(response.headers_mut(), id);
}

/// Adds the headers that every response has.
fn complete(headers: &mut HeaderMap, id: &RequestId) {
    if let Some(id) = id.header() {
        headers.insert(REQUEST_ID, id);
    }
    if !headers.contains_key(header::X_CONTENT_TYPE_OPTIONS) {
        let nosniff = HeaderValue::from_static("nosniff");
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    }
}
