use std::time::Duration;

use actix_web::http::Method;
use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};

const REQUESTS: &str = "udam_http_requests_total";
const REQUEST_DURATION: &str = "udam_http_request_duration_seconds";

/// Describes the metrics of requests to the installed recorder.
pub fn describe_request_metrics() {
    describe_counter!(REQUESTS, "Requests answered, by route, method and status.");
    describe_histogram!(
        REQUEST_DURATION,
        Unit::Seconds,
        "How long requests took, by route, method and status."
    );
}

/// The method's name, if a route has it: clients cannot make up new labels.
pub(crate) const fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Counts and times a request.
pub(crate) fn record_request(route: &str, method: &'static str, status: u16, took: Duration) {
    let labels = labels(route, method, status);
    counter!(REQUESTS, &labels).increment(1);
    histogram!(REQUEST_DURATION, &labels).record(took.as_secs_f64());
}

/// Counts a request whose duration is not known.
pub(crate) fn count_request(route: &str, method: &'static str, status: u16) {
    counter!(REQUESTS, &labels(route, method, status)).increment(1);
}

fn labels(route: &str, method: &'static str, status: u16) -> [(&'static str, String); 3] {
    [
        ("route", route.to_owned()),
        ("method", method.to_owned()),
        ("status", status.to_string()),
    ]
}
