use jiff::Timestamp;
use serde_json::{Value, json};

/// Renders a thin event, which names an object instead of holding it
/// (<https://docs.stripe.com/event-destinations#thin-events>). `created` is in seconds since 1970.
pub(crate) fn thin_event(id: &str, event_type: &str, created: i64) -> Value {
    let created = Timestamp::from_second(created).unwrap_or(Timestamp::UNIX_EPOCH);
    json!({
        "id": id,
        "object": "v2.core.event",
        "context": null,
        "created": format!("{created:.3}"),
        "livemode": false,
        "reason": null,
        "related_object": {
            "id": "mtr_test_sandbox",
            "type": "billing.meter",
            "url": "/v1/billing/meters/mtr_test_sandbox",
        },
        "type": event_type,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_thin_event_is_a_text() {
        let event = thin_event("evt_1", "v2.core.account.updated", 1_700_000_000);
        assert_eq!(event["created"], "2023-11-14T22:13:20.000Z");
        assert!(event["data"].is_null());
    }
}
