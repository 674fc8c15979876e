//! Read requests.

use anyhow::Result;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{self, HeaderValue};
use udam_testkit::SeededRng;

use crate::generator::{HttpRequest, HttpResponse, Outcome, Workload, next_stream};

/// Reads of one kind, each as likely as the others.
pub(crate) struct Reads {
    all: Vec<Read>,
    rng: SeededRng,
}

/// A `GET`, and a text that the response must contain.
#[derive(Clone)]
pub(crate) struct Read {
    path: String,
    authorization: Option<HeaderValue>,
    expected: String,
}

impl Read {
    pub(crate) fn new(path: impl Into<String>, expected: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            authorization: None,
            expected: expected.into(),
        }
    }

    /// The same with this `Authorization`.
    pub(crate) fn with_authorization(self, authorization: &HeaderValue) -> Self {
        let authorization = Some(authorization.clone());
        Self {
            authorization,
            ..self
        }
    }

    pub(crate) fn request(&self) -> Result<HttpRequest> {
        let mut request =
            Request::get(&self.path).header(header::HOST, HeaderValue::from_static("udam"));
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization.clone());
        }
        Ok(request.body(Full::new(Bytes::new()))?)
    }
}

impl Reads {
    /// # Panics
    /// At the first request, if `all` is empty.
    pub(crate) fn new(all: Vec<Read>) -> Self {
        let (_, rng) = next_stream();
        Self { all, rng }
    }
}

impl Workload for Reads {
    type Expected = usize;

    fn next(&mut self) -> (HttpRequest, usize) {
        let at = self.rng.below(self.all.len());
        match self.all.get(at).map(Read::request) {
            Some(Ok(request)) => (request, at),
            _ => unreachable!("there is a read, and its path is well-formed"),
        }
    }

    fn check(&mut self, at: usize, response: &HttpResponse) -> Outcome {
        let expected = self.all.get(at).map(|read| read.expected.as_str());
        let body = std::str::from_utf8(&response.body).unwrap_or_default();
        let contains = expected.is_some_and(|expected| body.contains(expected));
        if response.status == 200 && contains {
            Outcome::Accepted
        } else {
            Outcome::unexpected(response)
        }
    }
}
