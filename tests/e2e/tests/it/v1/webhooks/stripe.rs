//! `POST /v1/webhooks/stripe`: signatures and bodies.

use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::sandbox::WEBHOOK_SECRET;
use udam_testkit::webhook::{now, signature, v1};
use udam_testkit::{Client, MarketBuilder, Response};

use crate::assertions::{assert_json, assert_problem};
use crate::paid_market::{PaidMarket, payment_url};

pub(crate) const ROUTES: &[&str] = &["POST /v1/webhooks/stripe"];

/// Largest accepted body, in bytes.
const LIMIT: usize = 1024 * 1024;

/// A market with an order that has been paid, and the event that reports it, which is held back.
async fn held_back_payment() -> Result<(PaidMarket, Response, Vec<u8>)> {
    let secrets = format!("{WEBHOOK_SECRET},whsec_next");
    let builder = MarketBuilder::new().set("STRIPE_WEBHOOK_SECRET", &secrets);
    let fixture = PaidMarket::start_without_sweeps(builder, 10).await?;
    fixture
        .sandbox
        .deliver_webhooks(json!({"hold": true}))
        .await?;
    let order = fixture.order(1).await?;
    fixture.sandbox.press(payment_url(&order), "pay").await?;
    let events = fixture.sandbox.events("checkout.session.completed").await?;
    Ok((fixture, order, events[0].to_string().into_bytes()))
}

async fn signed(client: &Client, body: &[u8]) -> Result<Response> {
    let signature = signature(WEBHOOK_SECRET, now(), body);
    client.send_webhook(body, Some(&signature)).await
}

#[tokio::test]
async fn an_invalid_signature_is_rejected_without_effect() -> Result<()> {
    let (fixture, order, body) = held_back_payment().await?;
    let visitor = fixture.market.client()?;
    let at = now();
    let right = v1(WEBHOOK_SECRET, at, &body);
    let other = [&body[..body.len() - 1], b" }"].concat();
    let forged = [
        format!("t={at},v1={}", v1("whsec_other", at, &body)),
        format!("t={at},v1={}", v1("", at, &body)),
        // Signatures of another body, and of another time.
        format!("t={at},v1={}", v1(WEBHOOK_SECRET, at, &other)),
        format!("t={},v1={right}", at - 1),
        // Truncated, extended and incomplete ones.
        format!("t={at},v1={}", &right[..63]),
        format!("t={at},v1={}", &right[..32]),
        format!("t={at},v1={right}0"),
        format!("t={at},v1={}", right.to_uppercase()),
        format!("t={at},v1="),
        format!("t={at}"),
        format!("v1={right}"),
        format!("t={at},v0={right}"),
        format!("t={at} v1={right}"),
        format!("t=,v1={right}"),
        format!("t={at},t={at},v1={right}"),
        right.clone(),
        String::new(),
        ",".repeat(4000),
        // Timestamps outside the tolerance.
        signature(WEBHOOK_SECRET, at - 310, &body),
        signature(WEBHOOK_SECRET, at + 310, &body),
        signature(WEBHOOK_SECRET, 0, &body),
        signature(WEBHOOK_SECRET, -1, &body),
    ];
    for header in &forged {
        let response = visitor.send_webhook(&body, Some(header)).await?;
        assert_problem(&response, 401, "unauthenticated");
    }
    assert_problem(
        &visitor.send_webhook(&body, None).await?,
        401,
        "unauthenticated",
    );
    assert_problem(
        &visitor.send_webhook(b"", None).await?,
        401,
        "unauthenticated",
    );
    // A session does not replace the signature.
    let buyer = fixture.buyer.send_webhook(&body, None).await?;
    assert_problem(&buyer, 401, "unauthenticated");
    assert_eq!(fixture.reload(&order).await?.json(), order.json());
    assert!(!fixture.market.logs().contains(WEBHOOK_SECRET));

    let right = format!("t={at},v1={right}");
    assert_eq!(visitor.send_webhook(&body, Some(&right)).await?.status, 200);
    assert_eq!(fixture.reload(&order).await?["status"], "fulfilled");
    fixture.finish().await
}

#[tokio::test]
async fn several_secrets_are_accepted_while_one_is_rolled() -> Result<()> {
    let (fixture, order, body) = held_back_payment().await?;
    let visitor = fixture.market.client()?;
    let at = now();
    let by = |secret: &str| v1(secret, at, &body);
    let headers = [
        format!("t={at},v1={}", by("whsec_next")),
        format!("t={at},v1={}", by(WEBHOOK_SECRET)),
        format!("t={at},v1={},v1={}", by("whsec_other"), by("whsec_next")),
        format!(
            "t={at},v1={},v0=0,v1={}",
            by(WEBHOOK_SECRET),
            by("whsec_other")
        ),
    ];
    for header in headers {
        let response = visitor.send_webhook(&body, Some(&header)).await?;
        assert_json(&response, 200);
        assert_eq!(response.json(), &json!({"received": true}));
        assert_eq!(fixture.reload(&order).await?["status"], "fulfilled");
    }
    fixture.finish().await
}

#[tokio::test]
async fn an_irrelevant_event_is_accepted_without_effect() -> Result<()> {
    let (fixture, order, body) = held_back_payment().await?;
    let visitor = fixture.market.client()?;
    let genuine: Value = serde_json::from_slice(&body)?;
    let object = &genuine["data"]["object"];
    let event = |id: &str, kind: &str, object: Value| {
        json!({
            "id": id,
            "object": "event",
            "created": now(),
            "type": kind,
            "data": {"object": object},
        })
    };
    let with = |name: &str, value: Value| {
        let mut object = object.clone();
        object[name] = value;
        object
    };
    let unknown = json!({"charge_id": "chg_01h455vb4pex5vsknk084sn02q", "order_id": order.id()});
    let completed = "checkout.session.completed";
    let meaningless = [
        event("evt_1", "customer.created", json!({"id": "cus_1"})),
        event("evt_2", "payment_intent.succeeded", json!({})),
        event("evt_3", "invented.by.nobody", json!(null)),
        // Sessions of other applications with the same Stripe account.
        event("evt_4", completed, with("metadata", json!({}))),
        event("evt_5", completed, with("metadata", json!(null))),
        event("evt_6", completed, with("metadata", unknown.clone())),
        event(
            "evt_7",
            "checkout.session.expired",
            with("metadata", unknown),
        ),
        event(
            "evt_8",
            completed,
            with("metadata", json!({"charge_id": "nonsense"})),
        ),
        // A session of ours that has not been paid.
        event("evt_9", completed, with("payment_status", json!("unpaid"))),
        // Refunds and disputes of unknown payments.
        event(
            "evt_10",
            "charge.refunded",
            json!({"payment_intent": "pi_others", "amount_refunded": 700, "currency": "usd"}),
        ),
        event(
            "evt_11",
            "charge.dispute.created",
            json!({"payment_intent": "pi_others"}),
        ),
    ];
    for event in meaningless {
        for _ in 0..2 {
            let response = signed(&visitor, event.to_string().as_bytes()).await?;
            assert_json(&response, 200);
        }
        assert_eq!(
            fixture.reload(&order).await?.json(),
            order.json(),
            "{event}"
        );
    }
    assert_eq!(signed(&visitor, &body).await?.status, 200);
    assert_eq!(fixture.reload(&order).await?["status"], "fulfilled");
    fixture.finish().await
}

#[tokio::test]
async fn a_body_is_read_up_to_a_limit() -> Result<()> {
    let (fixture, order, body) = held_back_payment().await?;
    let visitor = fixture.market.client()?;
    let padded = |length: usize| {
        let mut padded = body.clone();
        padded.resize(length, b' ');
        padded
    };
    let response = signed(&visitor, &padded(LIMIT + 1)).await?;
    assert_problem(&response, 413, "payload_too_large");
    let unsigned = visitor.send_webhook(&padded(2 * LIMIT), None).await?;
    assert_problem(&unsigned, 413, "payload_too_large");
    assert_eq!(fixture.reload(&order).await?.json(), order.json());
    assert_eq!(signed(&visitor, &padded(LIMIT)).await?.status, 200);
    assert_eq!(fixture.reload(&order).await?["status"], "fulfilled");
    fixture.finish().await
}

#[tokio::test]
async fn a_malformed_event_is_rejected_despite_its_signature() -> Result<()> {
    let (fixture, order, body) = held_back_payment().await?;
    let visitor = fixture.market.client()?;
    let genuine: Value = serde_json::from_slice(&body)?;
    let without = |path: &str, name: &str| {
        let mut event = genuine.clone();
        event["id"] = json!(format!("evt_without_{name}"));
        let object = event.pointer_mut(path).and_then(Value::as_object_mut);
        object.unwrap().remove(name);
        event.to_string().into_bytes()
    };
    let with = |name: &str, value: Value| {
        let mut event = genuine.clone();
        event["id"] = json!(format!("evt_with_{name}"));
        event["data"]["object"][name] = value;
        event.to_string().into_bytes()
    };
    let nonsense = [
        b"".to_vec(),
        b"{".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"{}".to_vec(),
        b"\"event\"".to_vec(),
        b"\xff\xfe\x00".to_vec(),
        b"[".repeat(100_000),
        body[..body.len() / 2].to_vec(),
        without("", "id"),
        without("", "type"),
        without("", "created"),
        without("", "data"),
        without("/data", "object"),
        // These concern a known charge and lack what has happened to it.
        without("/data/object", "amount_total"),
        without("/data/object", "currency"),
        without("/data/object", "payment_intent"),
        with("amount_total", json!(-700)),
        with("amount_total", json!("700")),
        with("amount_total", json!(7.5)),
        with("currency", json!("dollars")),
        with("payment_intent", json!(7)),
    ];
    for (number, body) in nonsense.iter().enumerate() {
        let response = signed(&visitor, body).await?;
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        assert_eq!(
            (response.status, response.code()),
            (400, "malformed_json"),
            "{number}: {shown}"
        );
        assert_eq!(
            fixture.reload(&order).await?.json(),
            order.json(),
            "{number}: {shown}"
        );
    }
    // The original event has not been recorded, and still has its effect.
    assert_eq!(signed(&visitor, &body).await?.status, 200);
    assert_eq!(fixture.reload(&order).await?["status"], "fulfilled");
    fixture.finish().await
}
