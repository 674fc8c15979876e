//! What may be posted to where webhooks go, and what comes of it.

use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::sandbox::WEBHOOK_SECRET;
use udam_testkit::webhook::{now, signature, v1};
use udam_testkit::{Client, MarketBuilder, Response};

use super::stage::{Stage, page};
use crate::expect::{assert_answer, assert_problem};

/// The most that is read of a body.
const LIMIT: usize = 1024 * 1024;

/// A stage with an order that was paid, of which nobody has been told; and the event that would tell.
async fn untold() -> Result<(Stage, Response, Vec<u8>)> {
    let secrets = format!("{WEBHOOK_SECRET},whsec_next");
    let opening = MarketBuilder::new().set("STRIPE_WEBHOOK_SECRET", &secrets);
    let stage = Stage::without_sweeps(opening, 10).await?;
    stage
        .sandbox
        .deliver_webhooks(json!({"hold": true}))
        .await?;
    let order = stage.order(1).await?;
    stage.sandbox.press(page(&order), "pay").await?;
    let events = stage.sandbox.events("checkout.session.completed").await?;
    Ok((stage, order, events[0].to_string().into_bytes()))
}

async fn signed(client: &Client, body: &[u8]) -> Result<Response> {
    let signature = signature(WEBHOOK_SECRET, now(), body);
    client.send_webhook(body, Some(&signature)).await
}

#[tokio::test]
async fn what_nobody_of_ours_has_signed_is_refused_and_does_nothing() -> Result<()> {
    let (stage, order, body) = untold().await?;
    let visitor = stage.market.client()?;
    let at = now();
    let right = v1(WEBHOOK_SECRET, at, &body);
    let other = [&body[..body.len() - 1], b" }"].concat();
    let forged = [
        format!("t={at},v1={}", v1("whsec_other", at, &body)),
        format!("t={at},v1={}", v1("", at, &body)),
        // Of another body, and of another time.
        format!("t={at},v1={}", v1(WEBHOOK_SECRET, at, &other)),
        format!("t={},v1={right}", at - 1),
        // Cut off, prolonged, and in pieces.
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
        // Long ago, and far ahead.
        signature(WEBHOOK_SECRET, at - 310, &body),
        signature(WEBHOOK_SECRET, at + 310, &body),
        signature(WEBHOOK_SECRET, 0, &body),
        signature(WEBHOOK_SECRET, -1, &body),
    ];
    for header in &forged {
        let answer = visitor.send_webhook(&body, Some(header)).await?;
        assert_problem(&answer, 401, "unauthenticated");
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
    // A session opens other doors.
    let buyer = stage.buyer.send_webhook(&body, None).await?;
    assert_problem(&buyer, 401, "unauthenticated");
    assert_eq!(stage.now(&order).await?.json(), order.json());
    assert!(!stage.market.logs().contains(WEBHOOK_SECRET));

    let right = format!("t={at},v1={right}");
    assert_eq!(visitor.send_webhook(&body, Some(&right)).await?.status, 200);
    assert_eq!(stage.now(&order).await?["status"], "fulfilled");
    stage.end().await
}

#[tokio::test]
async fn while_a_secret_is_rolled_both_are_good() -> Result<()> {
    let (stage, order, body) = untold().await?;
    let visitor = stage.market.client()?;
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
        let answer = visitor.send_webhook(&body, Some(&header)).await?;
        assert_answer(&answer, 200);
        assert_eq!(answer.json(), &json!({"received": true}));
        assert_eq!(stage.now(&order).await?["status"], "fulfilled");
    }
    stage.end().await
}

#[tokio::test]
async fn what_means_nothing_here_is_received_and_does_nothing() -> Result<()> {
    let (stage, order, body) = untold().await?;
    let visitor = stage.market.client()?;
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
    let stranger = json!({"charge_id": "chg_01h455vb4pex5vsknk084sn02q", "order_id": order.id()});
    let completed = "checkout.session.completed";
    let meaningless = [
        event("evt_1", "customer.created", json!({"id": "cus_1"})),
        event("evt_2", "payment_intent.succeeded", json!({})),
        event("evt_3", "invented.by.nobody", json!(null)),
        // Sessions of others on the same account at the provider.
        event("evt_4", completed, with("metadata", json!({}))),
        event("evt_5", completed, with("metadata", json!(null))),
        event("evt_6", completed, with("metadata", stranger.clone())),
        event(
            "evt_7",
            "checkout.session.expired",
            with("metadata", stranger),
        ),
        event(
            "evt_8",
            completed,
            with("metadata", json!({"charge_id": "nonsense"})),
        ),
        // Ours, and not paid yet.
        event("evt_9", completed, with("payment_status", json!("unpaid"))),
        // Refunds and disputes of payments that are not ours.
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
            let answer = signed(&visitor, event.to_string().as_bytes()).await?;
            assert_answer(&answer, 200);
        }
        assert_eq!(stage.now(&order).await?.json(), order.json(), "{event}");
    }
    assert_eq!(signed(&visitor, &body).await?.status, 200);
    assert_eq!(stage.now(&order).await?["status"], "fulfilled");
    stage.end().await
}

#[tokio::test]
async fn a_body_is_read_up_to_a_limit() -> Result<()> {
    let (stage, order, body) = untold().await?;
    let visitor = stage.market.client()?;
    let padded = |length: usize| {
        let mut padded = body.clone();
        padded.resize(length, b' ');
        padded
    };
    let answer = signed(&visitor, &padded(LIMIT + 1)).await?;
    assert_problem(&answer, 413, "payload_too_large");
    let unsigned = visitor.send_webhook(&padded(2 * LIMIT), None).await?;
    assert_problem(&unsigned, 413, "payload_too_large");
    assert_eq!(stage.now(&order).await?.json(), order.json());
    assert_eq!(signed(&visitor, &padded(LIMIT)).await?.status, 200);
    assert_eq!(stage.now(&order).await?["status"], "fulfilled");
    stage.end().await
}

#[tokio::test]
async fn nonsense_with_the_right_signature_is_refused() -> Result<()> {
    let (stage, order, body) = untold().await?;
    let visitor = stage.market.client()?;
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
        // It is about a charge of ours, and does not say what has become of it.
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
        let answer = signed(&visitor, body).await?;
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        assert_eq!(
            (answer.status, answer.code()),
            (400, "malformed_json"),
            "{number}: {shown}"
        );
        assert_eq!(
            stage.now(&order).await?.json(),
            order.json(),
            "{number}: {shown}"
        );
    }
    // The event that they were made of has left no trace of having been told.
    assert_eq!(signed(&visitor, &body).await?.status, 200);
    assert_eq!(stage.now(&order).await?["status"], "fulfilled");
    stage.end().await
}
