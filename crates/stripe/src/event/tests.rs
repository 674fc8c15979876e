use serde_json::{Value as Json, json};
use udam_domain::id::ChargeId;
use udam_domain::money::Money;
use udam_domain::payment::ProviderReference;
use uuid::Uuid;

use super::*;

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

fn news(kind: Kind, object: &Json) -> Option<PaymentEventKind> {
    read(&event(kind.as_str(), object)).map(|event| event.kind)
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
        payment: Payment {
            reference: reference("pi_1"),
            amount: Money::new(minor, currency.parse().unwrap()),
        },
    }
}

#[test]
fn an_event_has_its_name_and_its_time() {
    let read = read(&event("charge.refunded", &json!({}))).unwrap();
    assert_eq!(read.id.as_str(), "evt_1");
    assert_eq!(read.at, Timestamp::from_second(1_900_000_000).unwrap());
}

#[test]
fn a_paid_session_is_a_payment() {
    let usd = Some(paid(Some(ours()), 1_550, "USD"));
    assert_eq!(news(Kind::SessionCompleted, &session(json!({}))), usd);
    assert_eq!(news(Kind::AsyncPaymentSucceeded, &session(json!({}))), usd);
    for (code, amount, minor) in [("jpy", 500, 500), ("kwd", 5_120, 5_120), ("isk", 500, 5)] {
        let object = session(json!({"currency": code, "amount_total": amount}));
        let expected = Some(paid(Some(ours()), minor, code));
        assert_eq!(news(Kind::SessionCompleted, &object), expected);
    }
}

#[test]
fn a_completed_session_that_is_not_paid_is_no_news() {
    for status in ["unpaid", "no_payment_required", "something_new"] {
        let object = session(json!({"payment_status": status}));
        let expected = Some(PaymentEventKind::Other);
        assert_eq!(news(Kind::SessionCompleted, &object), expected, "{status}");
    }
}

#[test]
fn a_failed_and_an_expired_session_name_their_charge() {
    let charge_id = Some(ours());
    let object = session(json!({"payment_status": "unpaid", "payment_intent": null}));
    assert_eq!(
        news(Kind::AsyncPaymentFailed, &object),
        Some(PaymentEventKind::Failed { charge_id })
    );
    assert_eq!(
        news(Kind::SessionExpired, &object),
        Some(PaymentEventKind::Expired { charge_id })
    );
}

#[test]
fn a_session_of_somebody_else_names_no_charge_of_ours() {
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
        assert_eq!(news(Kind::SessionCompleted, &object), expected);
    }
}

#[test]
fn what_makes_no_sense_is_malformed_if_it_is_ours_and_no_news_if_it_is_not() {
    for nonsense in [
        json!({"payment_intent": null}),
        json!({"amount_total": null}),
        json!({"amount_total": -1}),
        json!({"currency": "usdc"}),
        json!({"currency": "isk", "amount_total": 550}),
    ] {
        let mut object = session(nonsense);
        assert_eq!(news(Kind::SessionCompleted, &object), None);
        object["metadata"] = json!({});
        let expected = Some(PaymentEventKind::Other);
        assert_eq!(news(Kind::SessionCompleted, &object), expected);
    }
}

#[test]
fn a_refund_tells_how_much_has_gone_back_in_all() {
    let charge = json!({
        "id": "ch_1", "object": "charge", "amount": 1_550, "amount_refunded": 300, "currency": "usd",
        "payment_intent": {"id": "pi_1", "object": "payment_intent"}, "refunded": false,
    });
    assert_eq!(
        news(Kind::ChargeRefunded, &charge),
        Some(PaymentEventKind::Refunded {
            payment: reference("pi_1"),
            refunded: Money::new(3_00, "USD".parse().unwrap()),
        })
    );
}

#[test]
fn a_dispute_is_opened_and_closed() {
    let dispute = |status: &str| json!({"id": "du_1", "payment_intent": "pi_1", "status": status});
    let payment = reference("pi_1");
    assert_eq!(
        news(Kind::DisputeCreated, &dispute("needs_response")),
        Some(PaymentEventKind::Disputed {
            payment: payment.clone()
        })
    );
    let closed = |won| {
        let payment = payment.clone();
        Some(PaymentEventKind::DisputeClosed { payment, won })
    };
    assert_eq!(news(Kind::DisputeClosed, &dispute("won")), closed(true));
    assert_eq!(
        news(Kind::DisputeClosed, &dispute("warning_closed")),
        closed(true)
    );
    assert_eq!(news(Kind::DisputeClosed, &dispute("lost")), closed(false));
    for other in ["prevented", "something_new"] {
        let expected = Some(PaymentEventKind::Other);
        assert_eq!(news(Kind::DisputeClosed, &dispute(other)), expected);
    }
}

#[test]
fn nothing_is_read_of_a_type_that_is_not_handled() {
    for object in [
        json!(null),
        json!([7]),
        json!({"amount_total": "x", "metadata": 7}),
    ] {
        let read = read(&event("invoice.paid", &object)).unwrap();
        assert_eq!(read.kind, PaymentEventKind::Other);
    }
}

#[test]
fn what_is_not_an_event_is_not_read() {
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
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn depth_and_length_do_not_break_the_reader() {
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    assert_eq!(read(&deep), None);
    let inside = format!(r#"{{"id":"evt_1","created":1,"type":"ping","data":{deep}}}"#);
    assert!(read(&inside).is_some());
}
