//! Who buys, and what is sold.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request};
use serde_json::{Value, json};
use udam_crypto::{Sha256SessionMint, SystemClock, SystemEntropy};
use udam_domain::id::{AccountId, ListingId, SessionId};
use udam_domain::{Clock, SessionMint};
use uuid::Uuid;

use crate::database::Database;
use crate::generator::{Connection, Message};

/// The most that a listing may have, so that none is ever sold out by accident.
pub(crate) const PLENTY: u32 = 1_000_000_000;

/// Buyers who are signed in: the header that says so, of each. They cannot log in: hashing their
/// passwords would take longer than all else.
pub(crate) async fn buyers(database: &Database, count: usize) -> Result<Arc<[HeaderValue]>> {
    let now = SystemClock.now();
    let (mut accounts, mut sessions) = (Vec::<Uuid>::new(), Vec::<Uuid>::new());
    let (mut digests, mut bearers) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let (token, digest) = Sha256SessionMint.mint();
        accounts.push(AccountId::mint(now, &SystemEntropy).uuid());
        sessions.push(SessionId::mint(now, &SystemEntropy).uuid());
        digests.push(digest.as_bytes().to_vec());
        bearers.push(bearer(token.expose())?);
    }
    let statement = include_str!("../sql/buyers.sql");
    database
        .client()
        .execute(statement, &[&accounts, &sessions, &digests])
        .await?;
    Ok(bearers.into())
}

/// Registers an account as anybody would; the header that signs it in.
pub(crate) async fn register(
    server: SocketAddr,
    email: &str,
    password: &str,
) -> Result<HeaderValue> {
    let body = json!({"email": email, "password": password});
    let mut connection = Connection::open(server).await?;
    let request = post(server, "/v1/auth/register", None, &body)?;
    let answer = connection.ask(request).await?;
    ensure!(
        answer.status == 201,
        "registering was answered {}",
        answer.status
    );
    let answer: Value = serde_json::from_slice(&answer.body)?;
    let token = answer.get("session_token").and_then(Value::as_str);
    bearer(token.context("registering gave no session")?)
}

/// Puts listings on sale as a seller would.
pub(crate) async fn listings(
    server: SocketAddr,
    seller: &HeaderValue,
    count: usize,
    price: &str,
    units: u32,
) -> Result<Arc<[ListingId]>> {
    let mut connection = Connection::open(server).await?;
    let mut listed = Vec::new();
    for (number, subject) in (0..count).zip(SUBJECTS.iter().cycle()) {
        let body = json!({
            "service_name": format!("Hourly {subject} {number}"),
            "description": "Everything that is measured, as it is measured, from the source.",
            "endpoint_url": "https://data.example.com/v1",
            "api_key": format!("sk-load-{number:06}"),
            "price_per_unit": price,
            "unit_description": "1,000 calls",
            "available_units": units,
        });
        let request = post(server, "/v1/listings", Some(seller), &body)?;
        let answer = connection.ask(request).await?;
        ensure!(
            answer.status == 201,
            "a listing was answered {}",
            answer.status
        );
        let answer: Value = serde_json::from_slice(&answer.body)?;
        let id = answer
            .get("id")
            .and_then(Value::as_str)
            .context("a listing without id")?;
        listed.push(id.parse()?);
    }
    Ok(listed.into())
}

/// What one may search for. Grown listings are about the same.
pub(crate) const SUBJECTS: [&str; 8] = [
    "weather", "traffic", "energy", "genome", "census", "soil", "tide", "pollen",
];

pub(crate) fn bearer(token: &str) -> Result<HeaderValue> {
    Ok(HeaderValue::from_maybe_shared(Bytes::from(format!(
        "Bearer {token}"
    )))?)
}

/// A request with a JSON body.
pub(crate) fn post(
    server: SocketAddr,
    path: &str,
    caller: Option<&HeaderValue>,
    body: &Value,
) -> Result<Message> {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::HOST, server.to_string())
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(caller) = caller {
        request = request.header(header::AUTHORIZATION, caller);
    }
    Ok(request.body(Full::new(Bytes::from(body.to_string())))?)
}
