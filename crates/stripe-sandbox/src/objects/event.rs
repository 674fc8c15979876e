use serde_json::{Value, json};

use super::API_VERSION;
use crate::account::Event;

/// An `event`, as JSON text: its object is kept as text, and a webhook's signature is over text.
pub(crate) fn event(event: &Event, pending_webhooks: u32) -> String {
    let previous = event
        .previous
        .as_ref()
        .map(|previous| format!(r#","previous_attributes":{previous}"#));
    let request = json!({
        "id": event.occasion.request,
        "idempotency_key": event.occasion.idempotency_key,
    });
    format!(
        r#"{{"id":{id},"object":"event","api_version":{version},"created":{created},"data":{{"object":{object}{previous}}},"livemode":false,"pending_webhooks":{pending_webhooks},"request":{request},"type":{kind}}}"#,
        id = Value::from(event.id.as_str()),
        version = Value::from(API_VERSION),
        created = event.created,
        object = event.object,
        previous = previous.unwrap_or_default(),
        kind = Value::from(event.kind.name()),
    )
}
