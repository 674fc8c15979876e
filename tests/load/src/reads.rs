//! The demand for what there is to read.

use anyhow::Result;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{self, HeaderValue};

use crate::generator::{Answer, Demand, Message, Verdict};

/// Any of some things to read, each as likely as the others.
pub(crate) struct Reads {
    all: Vec<Read>,
}

/// Something to read, and what is to be found there.
#[derive(Clone)]
pub(crate) struct Read {
    path: String,
    caller: Option<HeaderValue>,
    shows: String,
}

impl Read {
    pub(crate) fn new(path: impl Into<String>, shows: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            caller: None,
            shows: shows.into(),
        }
    }

    /// What only this caller may read.
    pub(crate) fn by(self, caller: &HeaderValue) -> Self {
        let caller = Some(caller.clone());
        Self { caller, ..self }
    }

    pub(crate) fn request(&self) -> Result<Message> {
        let mut request =
            Request::get(&self.path).header(header::HOST, HeaderValue::from_static("udam"));
        if let Some(caller) = &self.caller {
            request = request.header(header::AUTHORIZATION, caller.clone());
        }
        Ok(request.body(Full::new(Bytes::new()))?)
    }
}

impl Reads {
    /// # Panics
    /// When there is nothing to read, later.
    pub(crate) fn new(all: Vec<Read>) -> Self {
        Self { all }
    }
}

impl Demand for Reads {
    type Expected = usize;

    fn next(&mut self) -> (Message, usize) {
        let at = fastrand::usize(..self.all.len());
        match self.all.get(at).map(Read::request) {
            Some(Ok(request)) => (request, at),
            _ => unreachable!("there is something to read, and its path is well-formed"),
        }
    }

    fn judge(&mut self, at: usize, answer: &Answer) -> Verdict {
        let expected = self.all.get(at).map(|read| read.shows.as_str());
        let body = std::str::from_utf8(&answer.body).unwrap_or_default();
        let shows = expected.is_some_and(|expected| body.contains(expected));
        if answer.status == 200 && shows {
            Verdict::Granted
        } else {
            Verdict::wrong(answer)
        }
    }
}
