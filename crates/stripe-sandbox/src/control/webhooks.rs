use std::sync::Arc;

use actix_web::{HttpResponse, web};
use futures::future::join_all;
use serde::{Deserialize, Serialize};
use url::Url;

use super::policy::{PolicyBody, PostResponse};
use super::{Answer, ControlError, State, read};
use crate::shared::Shared;
use crate::webhooks::{Dispatch, Letter, Outcome};

/// How often an event can be delivered by one call.
const MOST_TIMES: usize = 1_000;

/// `GET /_sandbox/webhooks`
pub(super) async fn show(shared: State) -> HttpResponse {
    shown(&shared)
}

/// `POST /_sandbox/webhooks`
pub(super) async fn adopt(body: web::Bytes, shared: State) -> Answer {
    let policy = read::<PolicyBody>(&body)?.parse()?;
    let released = shared.visit(|world, _| world.mailroom.adopt(policy));
    send(&shared, released);
    Ok(shown(&shared))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AddressBody {
    url: Option<String>,
}

/// `POST /_sandbox/webhooks/url`
pub(super) async fn address(body: web::Bytes, shared: State) -> Answer {
    let url = read::<AddressBody>(&body)?.url;
    let url = url
        .map(|url| Url::parse(&url))
        .transpose()
        .map_err(|error| ControlError::Unusable(error.to_string()))?;
    shared.visit(|world, _| world.mailroom.address = url);
    Ok(shown(&shared))
}

#[derive(Debug, Serialize)]
struct ReleaseResponse {
    released: usize,
}

/// `POST /_sandbox/webhooks/release`
pub(super) async fn release(shared: State) -> HttpResponse {
    let dispatches = shared.visit(|world, _| world.mailroom.release());
    let released = dispatches.len();
    send(&shared, dispatches);
    HttpResponse::Ok().json(ReleaseResponse { released })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DeliverBody {
    times: usize,
    at_once: bool,
}

impl Default for DeliverBody {
    fn default() -> Self {
        Self {
            times: 1,
            at_once: false,
        }
    }
}

#[derive(Debug, Serialize)]
struct DeliverResponse {
    event: String,
    attempts: Vec<OutcomeResponse>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OutcomeResponse {
    Status(u16),
    Error(String),
}

impl From<Outcome> for OutcomeResponse {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Answered(status) => Self::Status(status),
            Outcome::Unreachable(error) => Self::Error(error),
        }
    }
}

/// `POST /_sandbox/webhooks/{event}/deliver`
pub(super) async fn deliver(path: web::Path<String>, body: web::Bytes, shared: State) -> Answer {
    let DeliverBody { times, at_once } = read(&body)?;
    let letter = shared
        .visit(|world, _| world.letter(&path))
        .ok_or(ControlError::NoSuchEvent)?;
    let times = times.min(MOST_TIMES);
    let event = letter.event.clone();
    let working = Arc::clone(&shared);
    let outcomes = shared
        .background
        .spawn(async move { repeat(&working, &letter, times, at_once).await });
    let outcomes = outcomes.await.ok().flatten().unwrap_or_default();
    Ok(HttpResponse::Ok().json(DeliverResponse {
        event,
        attempts: outcomes.into_iter().map(OutcomeResponse::from).collect(),
    }))
}

async fn repeat(shared: &Shared, letter: &Letter, times: usize, at_once: bool) -> Vec<Outcome> {
    let attempts = (0..times).map(|_| shared.courier.attempt(shared, letter));
    if at_once {
        return join_all(attempts).await;
    }
    let mut outcomes = Vec::with_capacity(times);
    for attempt in attempts {
        outcomes.push(attempt.await);
    }
    outcomes
}

fn send(shared: &State, dispatches: Vec<Dispatch>) {
    for dispatch in dispatches {
        shared.courier.send(shared, dispatch);
    }
}

fn shown(shared: &State) -> HttpResponse {
    HttpResponse::Ok().json(shared.visit(|world, _| PostResponse::from(&world.mailroom)))
}
