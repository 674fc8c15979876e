//! The demand for sessions.

use std::iter::Cycle;
use std::net::SocketAddr;
use std::vec::IntoIter;

use anyhow::Result;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{self, HeaderValue};

use crate::generator::{Answer, Demand, Message, Verdict};
use crate::seed;

/// How many people there are. At 20 logins a second each comes once in five seconds, which is as often
/// as a server lets the password of one account be tried.
const PEOPLE: usize = 100;

const PASSWORD: &str = "correct horse battery";

/// People log in by turns, again and again: each time a password is hashed.
pub(crate) struct Logins {
    turns: Cycle<IntoIter<Bytes>>,
}

impl Logins {
    /// Registers whoever they are.
    pub(crate) async fn register(server: SocketAddr) -> Result<Self> {
        let mut bodies = Vec::new();
        for number in 0..PEOPLE {
            let email = format!("daily{number}@example.com");
            seed::register(server, &email, PASSWORD).await?;
            let body = format!(r#"{{"email":"{email}","password":"{PASSWORD}"}}"#);
            bodies.push(Bytes::from(body));
        }
        let turns = bodies.into_iter().cycle();
        Ok(Self { turns })
    }
}

impl Demand for Logins {
    type Expected = ();

    fn next(&mut self) -> (Message, ()) {
        let json = HeaderValue::from_static("application/json");
        let request = Request::post("/v1/auth/login")
            .header(header::HOST, HeaderValue::from_static("udam"))
            .header(header::CONTENT_TYPE, json)
            .body(Full::new(self.turns.next().unwrap_or_default()));
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
