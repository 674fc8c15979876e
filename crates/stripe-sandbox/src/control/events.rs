use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::Value;

use super::error::{ControlResult, parse};
use super::webhooks::attempts;
use crate::context::ContextData;
use crate::model::{Cause, NewEvent};
use crate::objects;
use crate::outbox::Delivery;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventBody {
    #[serde(rename = "type")]
    event_type: String,
    #[serde(default)]
    object: Value,
    created: Option<i64>,
    #[serde(default)]
    livemode: bool,
}

/// `POST /_sandbox/events`
pub(super) async fn create(body: web::Bytes, context: ContextData) -> ControlResult {
    let body: EventBody = parse(&body)?;
    let new = NewEvent {
        kind: body.event_type,
        object: body.object,
        created: body.created,
        livemode: body.livemode,
    };
    let event = context.update(|state, now| {
        let id = state.account.record_new(new, "", &Cause::at(now));
        let event = state.account.events.find(&id);
        event.map(|event| objects::event(event, 1))
    });
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .body(event.unwrap_or_default()))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ThinBody {
    #[serde(rename = "type")]
    event_type: String,
    times: usize,
    at_once: bool,
}

impl Default for ThinBody {
    fn default() -> Self {
        Self {
            event_type: "v1.billing.meter.error_report_triggered".to_owned(),
            times: 1,
            at_once: false,
        }
    }
}

/// `POST /_sandbox/webhooks/thin`: Stripe lists such events elsewhere, at `/v2/core/events`.
pub(super) async fn send_thin(body: web::Bytes, context: ContextData) -> ControlResult {
    let body: ThinBody = parse(&body)?;
    let delivery = context.update(|state, now| {
        let id = state.account.ids.event();
        let text = objects::thin_event(&id, &body.event_type, now).to_string();
        Delivery {
            session: id.clone(),
            event: id,
            event_type: body.event_type.into(),
            body: text.into(),
        }
    });
    attempts(&context, delivery, body.times, body.at_once).await
}
