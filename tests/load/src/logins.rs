//! The demand for sessions.

use std::net::SocketAddr;

use anyhow::Result;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{self, HeaderValue};

use crate::generator::{Answer, Demand, Message, Verdict};
use crate::seed;

const EMAIL: &str = "daily@example.com";
const PASSWORD: &str = "correct horse battery";

/// Somebody logs in again and again: each time the password is hashed.
pub(crate) struct Logins {
    body: Bytes,
}

impl Logins {
    /// Registers whoever it is.
    pub(crate) async fn register(server: SocketAddr) -> Result<Self> {
        seed::register(server, EMAIL, PASSWORD).await?;
        let body = format!(r#"{{"email":"{EMAIL}","password":"{PASSWORD}"}}"#);
        Ok(Self { body: body.into() })
    }

    pub(crate) fn again(&self) -> Self {
        Self {
            body: self.body.clone(),
        }
    }
}

impl Demand for Logins {
    type Expected = ();

    fn next(&mut self) -> (Message, ()) {
        let json = HeaderValue::from_static("application/json");
        let request = Request::post("/v1/auth/login")
            .header(header::HOST, HeaderValue::from_static("udam"))
            .header(header::CONTENT_TYPE, json)
            .body(Full::new(self.body.clone()));
        match request {
            Ok(request) => (request, ()),
            Err(_) => unreachable!("every part of the request is well-formed"),
        }
    }

    fn judge(&mut self, (): (), answer: &Answer) -> Verdict {
        match answer.status {
            200 if answer.body.starts_with(br#"{"session_token":"#) => Verdict::Granted,
            503 => Verdict::Refused,
            _ => Verdict::wrong(answer),
        }
    }
}
