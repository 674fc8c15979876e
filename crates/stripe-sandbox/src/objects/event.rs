use serde_json::{Map, Value, json};

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
        r#"{{"id":{id},"object":"event","api_version":{version},"created":{created},"data":{{"object":{object}{previous}}},"livemode":{livemode},"pending_webhooks":{pending_webhooks},"request":{request},"type":{event_type}}}"#,
        id = Value::from(event.id.as_str()),
        version = Value::from(API_VERSION),
        created = event.created,
        object = event.object,
        previous = previous.unwrap_or_default(),
        livemode = event.livemode,
        event_type = Value::from(event.kind.as_ref()),
    )
}

/// The attributes of `before` that are no longer as they were, and null for those that it did not have.
pub(crate) fn previous_attributes(before: &Value, now: &Value) -> Value {
    let fields = |object: &Value| object.as_object().cloned().unwrap_or_default();
    let (before, now) = (fields(before), fields(now));
    let names = before.keys().chain(now.keys());
    let changed = names.filter(|name| before.get(*name) != now.get(*name));
    let previous = |name: &String| before.get(name).cloned().unwrap_or_default();
    let attributes: Map<String, Value> =
        changed.map(|name| (name.clone(), previous(name))).collect();
    Value::Object(attributes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn previous_attributes_are_those_that_changed() {
        let before = json!({"id": "re_1", "status": "pending", "pending_reason": "processing"});
        let now = json!({"id": "re_1", "status": "failed", "failure_reason": "declined"});
        let expected =
            json!({"status": "pending", "pending_reason": "processing", "failure_reason": null});
        assert_eq!(previous_attributes(&before, &now), expected);
    }
}
