use serde_json::{Value, json};

use crate::model::Event;

/// Version of the API that the objects have the shape of.
pub(crate) const API_VERSION: &str = "2026-09-30.endive";

/// Renders an `event` as JSON text: its object is stored as text, and a webhook's signature covers text.
pub(crate) fn event(event: &Event, pending_webhooks: u32) -> String {
    let previous = event
        .previous_attributes
        .as_ref()
        .map(|previous| format!(r#","previous_attributes":{previous}"#));
    let request = json!({
        "id": event.cause.request_id,
        "idempotency_key": event.cause.idempotency_key,
    });
    format!(
        r#"{{"id":{id},"object":"event","api_version":{version},"created":{created},"data":{{"object":{object}{previous}}},"livemode":false,"pending_webhooks":{pending_webhooks},"request":{request},"type":{event_type}}}"#,
        id = Value::from(event.id.as_str()),
        version = Value::from(API_VERSION),
        created = event.created,
        object = event.object,
        previous = previous.unwrap_or_default(),
        event_type = Value::from(event.kind.into_str()),
    )
}
