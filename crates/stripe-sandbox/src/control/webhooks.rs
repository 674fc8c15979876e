use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use url::Url;

use super::error::{ControlError, ControlResult, parse};
use super::webhook_policy::{PolicyBody, WebhooksResponse};
use crate::context::ContextData;
use crate::outbox::{AttemptOutcome, Delivery, QueuedDelivery};

/// Maximum number of deliveries by one request.
const MAX_DELIVERIES: usize = 1_000;

/// `GET /_sandbox/webhooks`
pub(super) async fn show(context: ContextData) -> HttpResponse {
    webhooks(&context)
}

/// `POST /_sandbox/webhooks`
pub(super) async fn set_policy(body: web::Bytes, context: ContextData) -> ControlResult {
    let policy = parse::<PolicyBody>(&body)?.try_into()?;
    let released = context.update(|state, _| state.outbox.set_policy(policy));
    dispatch(&context, released);
    Ok(webhooks(&context))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UrlBody {
    url: Option<String>,
}

/// `POST /_sandbox/webhooks/url`
pub(super) async fn set_url(body: web::Bytes, context: ContextData) -> ControlResult {
    let url = parse::<UrlBody>(&body)?.url;
    let url = url
        .map(|url| Url::parse(&url))
        .transpose()
        .map_err(|error| ControlError::InvalidBody(error.to_string()))?;
    context.update(|state, _| state.outbox.url = url);
    Ok(webhooks(&context))
}

#[derive(Debug, Serialize)]
struct ReleaseResponse {
    released: usize,
}

/// `POST /_sandbox/webhooks/release`
pub(super) async fn release(context: ContextData) -> HttpResponse {
    let queued = context.update(|state, _| state.outbox.release());
    let released = queued.len();
    dispatch(&context, queued);
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

/// `{"status": 200}` or `{"error": "…"}`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OutcomeResponse {
    Status(u16),
    Error(String),
}

impl From<AttemptOutcome> for OutcomeResponse {
    fn from(outcome: AttemptOutcome) -> Self {
        match outcome {
            AttemptOutcome::Responded(status) => Self::Status(status),
            AttemptOutcome::Failed(error) => Self::Error(error),
        }
    }
}

/// `POST /_sandbox/webhooks/{event}/deliver`
pub(super) async fn deliver(
    path: web::Path<String>,
    body: web::Bytes,
    context: ContextData,
) -> ControlResult {
    let DeliverBody { times, at_once } = parse(&body)?;
    let delivery = context
        .update(|state, _| state.delivery(&path))
        .ok_or(ControlError::UnknownEvent)?;
    attempts(&context, delivery, times, at_once).await
}

/// Delivers a webhook a number of times, whatever the policy, and responds when all attempts have ended.
pub(super) async fn attempts(
    context: &ContextData,
    delivery: Delivery,
    times: usize,
    at_once: bool,
) -> ControlResult {
    let event = delivery.event.clone();
    let dispatcher = &context.dispatcher;
    let outcomes = dispatcher
        .deliver_now(delivery, times.min(MAX_DELIVERIES), at_once)
        .await;
    Ok(HttpResponse::Ok().json(DeliverResponse {
        event,
        attempts: outcomes.into_iter().map(OutcomeResponse::from).collect(),
    }))
}

fn dispatch(context: &ContextData, deliveries: Vec<QueuedDelivery>) {
    for queued in deliveries {
        context.dispatcher.dispatch(queued);
    }
}

fn webhooks(context: &ContextData) -> HttpResponse {
    let response = context.update(|state, _| WebhooksResponse::from(&state.outbox));
    HttpResponse::Ok().json(response)
}
