//! Login requests.

use std::iter::Cycle;
use std::vec::IntoIter;

use anyhow::Result;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{self, HeaderValue};
use serde_json::json;
use udam_testkit::{Client, PASSWORD, expect_status, unique_email};

use crate::generator::{HttpRequest, HttpResponse, Outcome, Workload};

/// Number of accounts. At 20 logins a second each logs in once in five seconds, which is as often as a server
/// lets the password of one account be tried.
const ACCOUNTS: usize = 100;

/// All accounts log in in turn: each time a password is hashed.
pub(crate) struct Logins {
    bodies: Cycle<IntoIter<Bytes>>,
}

impl Logins {
    /// Registers the accounts.
    pub(crate) async fn register(client: &Client) -> Result<Self> {
        let mut bodies = Vec::new();
        for _ in 0..ACCOUNTS {
            let email = unique_email("login");
            expect_status(client.register(&email, PASSWORD).await?, 201)?;
            let body = json!({"email": email, "password": PASSWORD});
            bodies.push(Bytes::from(body.to_string()));
        }
        let bodies = bodies.into_iter().cycle();
        Ok(Self { bodies })
    }
}

impl Workload for Logins {
    type Expected = ();

    fn next(&mut self) -> (HttpRequest, ()) {
        let json = HeaderValue::from_static("application/json");
        let request = Request::post("/v1/auth/login")
            .header(header::HOST, HeaderValue::from_static("udam"))
            .header(header::CONTENT_TYPE, json)
            .body(Full::new(self.bodies.next().unwrap_or_default()));
        match request {
            Ok(request) => (request, ()),
            Err(_) => unreachable!("every part of the request is well-formed"),
        }
    }

    fn check(&mut self, (): (), response: &HttpResponse) -> Outcome {
        match response.status {
            200 if response.body.starts_with(br#"{"session_token":"#) => Outcome::Accepted,
            503 => Outcome::Rejected,
            _ => Outcome::unexpected(response),
        }
    }
}
