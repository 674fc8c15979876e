use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use udam_testkit::SeededRng;

use super::connection::HttpResponse;

/// A request with its body in memory.
pub(crate) type HttpRequest = Request<Full<Bytes>>;

/// The requests that clients send, and the check of each response.
pub(crate) trait Workload: Send + 'static {
    /// Expectation that a response is checked against.
    type Expected;

    /// The next request of whichever client is free.
    fn next(&mut self) -> (HttpRequest, Self::Expected);

    /// Checks a response. Called for every one, so this must be cheap.
    fn check(&mut self, expected: Self::Expected, response: &HttpResponse) -> Outcome;
}

/// Outcome of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The request did what it should.
    Accepted,
    /// The request was rejected, and that is allowed here.
    Rejected,
    /// Any other response, described for the report.
    Unexpected(String),
}

impl Outcome {
    /// Describes a response that is neither right nor allowed.
    pub(crate) fn unexpected(response: &HttpResponse) -> Self {
        let body = String::from_utf8_lossy(&response.body);
        let body: String = body.chars().take(300).collect();
        Self::Unexpected(format!("{}: {body}", response.status))
    }
}

/// A number and a random number generator for one workload, which no other workload of this run has.
pub(crate) fn next_stream() -> (u64, SeededRng) {
    const SEED: u64 = 1;
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    (number, SeededRng::stream(SEED, number))
}
