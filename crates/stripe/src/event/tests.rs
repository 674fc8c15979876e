mod reversals;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use udam_domain::id::ChargeId;
use udam_domain::money::Money;
use udam_domain::payment::ProviderReference;
use uuid::Uuid;

use super::*;

fn parse(text: &str) -> Option<PaymentEvent> {
    super::parse(text, None)
}

fn ours() -> ChargeId {
    ChargeId::from_uuid(Uuid::from_u128(3))
}

fn event(kind: &str, object: &Json) -> String {
    json!({
        "id": "evt_1",
        "object": "event",
        "api_version": "2031-01-01.tomorrow",
        "created": 1_900_000_000,
        "livemode": false,
        "pending_webhooks": 1,
        "something_new": {"type": "checkout.session.completed", "id": 7},
        "data": {"object": object, "previous_attributes": null},
        "type": kind,
    })
    .to_string()
}

fn event_kind(event_type: &EventType, object: &Json) -> Option<PaymentEventKind> {
    parse(&event(event_type.as_str(), object)).map(|event| event.kind)
}

/// A session that was paid, with fields replaced.
fn session(changes: Json) -> Json {
    let mut session = json!({
        "id": "cs_test_1",
        "object": "checkout.session",
        "amount_total": 1_550,
        "currency": "usd",
        "metadata": {"charge_id": ours().to_string(), "order_id": "ord_1"},
        "payment_intent": "pi_1",
        "payment_status": "paid",
        "status": "complete",
    });
    let Json::Object(changes) = changes else {
        panic!("changes are an object")
    };
    session.as_object_mut().unwrap().extend(changes);
    session
}

fn reference(name: &str) -> ProviderReference {
    ProviderReference::new(name.into())
}

fn paid(charge_id: Option<ChargeId>, minor: i64, currency: &str) -> PaymentEventKind {
    PaymentEventKind::Paid {
        charge_id,
        session: reference("cs_test_1"),
        payment: Payment {
            reference: reference("pi_1"),
            amount: Money::new(minor, currency.parse().unwrap()),
        },
    }
}

#[test]
fn an_event_has_its_id_and_its_time() {
    let event = parse(&event("charge.refunded", &json!({}))).unwrap();
    assert_eq!(event.id.as_str(), "evt_1");
    assert_eq!(event.at, Timestamp::from_second(1_900_000_000).unwrap());
}

#[test]
fn a_paid_session_is_a_payment() {
    let usd = Some(paid(Some(ours()), 1_550, "USD"));
    assert_eq!(
        event_kind(&EventType::CheckoutSessionCompleted, &session(json!({}))),
        usd
    );
    assert_eq!(
        event_kind(
            &EventType::CheckoutSessionAsyncPaymentSucceeded,
            &session(json!({}))
        ),
        usd
    );
    for (code, amount, minor) in [("jpy", 500, 500), ("kwd", 5_120, 5_120), ("isk", 500, 5)] {
        let object = session(json!({"currency": code, "amount_total": amount}));
        let expected = Some(paid(Some(ours()), minor, code));
        assert_eq!(
            event_kind(&EventType::CheckoutSessionCompleted, &object),
            expected
        );
    }
}

#[test]
fn a_completed_session_that_is_not_paid_is_another_event() {
    for status in ["unpaid", "no_payment_required", "something_new"] {
        let object = session(json!({"payment_status": status}));
        let expected = Some(PaymentEventKind::Other);
        assert_eq!(
            event_kind(&EventType::CheckoutSessionCompleted, &object),
            expected,
            "{status}"
        );
    }
}

#[test]
fn a_failed_and_an_expired_session_name_their_charge() {
    let charge_id = Some(ours());
    let object = session(json!({"payment_status": "unpaid", "payment_intent": null}));
    assert_eq!(
        event_kind(&EventType::CheckoutSessionAsyncPaymentFailed, &object),
        Some(PaymentEventKind::Failed {
            charge_id,
            session: reference("cs_test_1")
        })
    );
    assert_eq!(
        event_kind(&EventType::CheckoutSessionExpired, &object),
        Some(PaymentEventKind::Expired {
            charge_id,
            session: reference("cs_test_1")
        })
    );
}

#[test]
fn a_session_of_another_application_names_no_charge() {
    for metadata in [
        json!(null),
        json!({}),
        json!({"charge_id": ""}),
        json!({"charge_id": "ord_00000000000000000000000003"}),
        json!({"charge_id": "chg_00000000000000000000000003x"}),
        json!({"charge_id": "CHG_00000000000000000000000003"}),
        json!({"orderId": "17"}),
    ] {
        let object = session(json!({"metadata": metadata}));
        let expected = Some(paid(None, 1_550, "USD"));
        assert_eq!(
            event_kind(&EventType::CheckoutSessionCompleted, &object),
            expected
        );
    }
}

#[test]
fn an_invalid_event_is_malformed_only_if_it_names_a_charge() {
    for changes in [
        json!({"payment_intent": null}),
        json!({"amount_total": null}),
        json!({"amount_total": -1}),
        json!({"currency": "usdc"}),
        json!({"currency": "isk", "amount_total": 550}),
    ] {
        let mut object = session(changes);
        assert_eq!(
            event_kind(&EventType::CheckoutSessionCompleted, &object),
            None
        );
        object["metadata"] = json!({});
        let expected = Some(PaymentEventKind::Other);
        assert_eq!(
            event_kind(&EventType::CheckoutSessionCompleted, &object),
            expected
        );
    }
}

#[test]
fn a_refund_event_has_the_sum_of_all_refunds() {
    let charge = json!({
        "id": "ch_1", "object": "charge", "amount": 1_550, "amount_refunded": 300, "currency": "usd",
        "payment_intent": {"id": "pi_1", "object": "payment_intent"}, "refunded": false,
    });
    assert_eq!(
        event_kind(&EventType::ChargeRefunded, &charge),
        Some(PaymentEventKind::Refunded {
            payment: reference("pi_1"),
            refunded: Money::new(3_00, "USD".parse().unwrap()),
        })
    );
}

#[test]
fn an_event_of_the_other_mode_than_the_keys_is_another_event() {
    let test = event("checkout.session.completed", &session(json!({})));
    let live = test.replace(r#""livemode":false"#, r#""livemode":true"#);
    assert_ne!(test, live);
    let is_ignored = |text: &str, key| {
        let event = super::parse(text, key).unwrap();
        event.kind == PaymentEventKind::Other
    };
    assert!(is_ignored(&test, Some(KeyMode::Live)) && !is_ignored(&test, Some(KeyMode::Test)));
    assert!(is_ignored(&live, Some(KeyMode::Test)) && !is_ignored(&live, Some(KeyMode::Live)));
    assert!(!is_ignored(&live, None));
    let silent = test.replace(r#""livemode":false,"#, "");
    assert!(!is_ignored(&silent, Some(KeyMode::Live)));
}

#[test]
fn a_session_of_another_mode_is_another_event() {
    for (mode, expected) in [("setup", false), ("subscription", false), ("payment", true)] {
        let object = session(json!({"mode": mode}));
        let kind = event_kind(&EventType::CheckoutSessionCompleted, &object).unwrap();
        assert_eq!(kind != PaymentEventKind::Other, expected, "{mode}");
    }
}

#[test]
fn of_an_unhandled_type_only_the_envelope_is_read() {
    for object in [
        json!(null),
        json!([7]),
        json!({"amount_total": "x", "metadata": 7}),
    ] {
        let event = parse(&event("invoice.paid", &object)).unwrap();
        assert_eq!(event.kind, PaymentEventKind::Other);
    }
}

#[test]
fn a_text_that_is_no_event_is_rejected() {
    for text in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"id":"evt_1","type":"ping"}"#,
        r#"{"id":"","created":1,"type":"ping"}"#,
        r#"{"id":7,"created":1,"type":"ping"}"#,
        r#"{"id":"evt_1","created":"1","type":"ping"}"#,
        r#"{"id":"evt_1","created":9223372036854775807,"type":"ping"}"#,
        r#"{"id":"evt_1","created":1,"type":"ping"} {}"#,
        r#"{"id":"evt_1","created":1,"type":"charge.refunded"}"#,
    ] {
        assert_eq!(parse(text), None, "{text}");
    }
}

#[test]
fn a_deeply_nested_event_does_not_overflow_the_stack() {
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    assert_eq!(parse(&deep), None);
    let inside = format!(r#"{{"id":"evt_1","created":1,"type":"ping","data":{deep}}}"#);
    assert!(parse(&inside).is_some());
}

#[test]
fn every_handled_type_has_a_kind_of_its_own() {
    let mut object = session(json!({}));
    object["amount_refunded"] = json!(300);
    object["status"] = json!("won");
    object["amount"] = json!(300);
    for event_type in &HANDLED {
        let kind = event_kind(event_type, &object);
        assert!(
            kind.is_some_and(|kind| kind != PaymentEventKind::Other),
            "{event_type}"
        );
    }
}

#[test]
fn a_thin_event_is_received_and_ignored_whatever_its_type() {
    for (kind, created) in [
        (
            "v1.billing.meter.error_report_triggered",
            json!("2026-03-04T05:06:07.000Z"),
        ),
        ("charge.dispute.closed", json!("2026-03-04T05:06:07.000Z")),
        ("v2.core.event_destination.ping", json!("some day")),
        ("v2.core.event_destination.ping", json!(1_900_000_000)),
    ] {
        let thin = json!({
            "id": "evt_test_65R", "object": "v2.core.event", "type": kind, "created": created,
            "livemode": false, "related_object": {"id": "meter_1", "type": "billing.meter"},
        });
        let event = parse(&thin.to_string()).unwrap();
        assert_eq!(
            (event.id.as_str(), event.kind),
            ("evt_test_65R", PaymentEventKind::Other)
        );
    }
}

#[test]
fn an_entry_that_cannot_be_read_does_not_hide_the_others() {
    let expired = |number| {
        let object = session(json!({"status": "expired"}));
        let mut event: Json =
            serde_json::from_str(&event("checkout.session.expired", &object)).unwrap();
        event["id"] = json!(format!("evt_{number}"));
        event
    };
    let mut text_amount = expired(4);
    text_amount["type"] = json!("checkout.session.completed");
    text_amount["data"]["object"]["amount_total"] = json!("15.50");
    let mut early = expired(3);
    early["created"] = json!(-62_000_000_000_i64);
    let list = json!([expired(5), text_amount, early, {"id": "evt_2"}, null, expired(1)]);
    let list: Vec<Value> = from_str(&list.to_string()).unwrap();
    let read = read_list(&list);
    let ids =
        |events: &[EventId]| -> Vec<String> { events.iter().map(EventId::to_string).collect() };
    let readable: Vec<EventId> = read.readable.into_iter().map(|event| event.id).collect();
    assert_eq!(ids(&readable), ["evt_1", "evt_5"]);
    assert_eq!(ids(&read.unreadable), ["", "evt_2", "evt_3", "evt_4"]);
}

proptest! {
    #[test]
    fn an_event_happened_between_1970_and_9999_or_is_rejected(
        seconds in prop_oneof![any::<i64>(), -400_000_000_000..400_000_000_000_i64],
        handled: bool,
    ) {
        let kind = if handled { "checkout.session.expired" } else { "ping" };
        let mut text: Json = serde_json::from_str(&event(kind, &session(json!({})))).unwrap();
        text["created"] = json!(seconds);
        let at = parse(&text.to_string()).map(|event| event.at.as_second());
        let held = (0..=Timestamp::MAX.as_second()).contains(&seconds);
        prop_assert_eq!(at, held.then_some(seconds));
    }
}
