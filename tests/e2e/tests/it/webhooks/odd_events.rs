//! Signed events of other shapes than the marketplace's own.

use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::sandbox::WEBHOOK_SECRET;
use udam_testkit::webhook::{now, signature};
use udam_testkit::{MarketBuilder, Response};

use crate::assertions::{assert_json, assert_problem};
use crate::paid_market::PaidMarket;

async fn send(fixture: &PaidMarket, event: &Value) -> Result<Response> {
    let body = event.to_string().into_bytes();
    let signature = signature(WEBHOOK_SECRET, now(), &body);
    let stripe = fixture.market.client()?;
    stripe.send_webhook(&body, Some(&signature)).await
}

#[tokio::test]
async fn a_thin_event_is_received() -> Result<()> {
    let fixture = PaidMarket::start_without_sweeps(MarketBuilder::new(), 1).await?;
    for kind in [
        "v1.billing.meter.no_meter_found",
        "checkout.session.completed",
    ] {
        let event = json!({
            "id": "evt_test_65SpkF16Sqw", "object": "v2.core.event", "type": kind,
            "created": "2026-01-02T03:04:05.678Z", "livemode": false, "context": null,
            "related_object": {"id": "cs_1", "type": "checkout.session", "url": "/v1/x"},
        });
        assert_json(&send(&fixture, &event).await?, 200);
    }
    fixture.finish().await
}

#[tokio::test]
async fn an_event_from_the_ends_of_time_is_refused_and_changes_nothing() -> Result<()> {
    let fixture = PaidMarket::start_without_sweeps(MarketBuilder::new(), 10).await?;
    fixture
        .sandbox
        .deliver_webhooks(json!({"hold": true}))
        .await?;
    let order = fixture.order(1).await?;
    fixture.pay(&order).await?;
    let paid = &fixture.sandbox.events("checkout.session.completed").await?[0];
    // Of a payment that is unknown so far, too: its event would be kept with its time.
    let dispute = json!({
        "id": "evt_far", "object": "event", "type": "charge.dispute.created",
        "data": {"object": {
            "id": "du_far", "object": "dispute", "payment_intent": "pi_far", "charge": "ch_far",
            "amount": 700, "currency": "usd", "status": "needs_response",
        }},
    });
    for created in [
        json!(i64::MIN),
        json!(-400_000_000_000_i64),
        json!(-210_900_000_000_i64),
        json!(-1),
        json!(253_402_300_800_i64),
        json!(9_300_000_000_000_i64),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(1e300),
        json!("2026-01-02T03:04:05Z"),
        json!(null),
    ] {
        for event in [paid, &dispute] {
            let mut event = event.clone();
            event["created"] = created.clone();
            let refused = send(&fixture, &event).await?;
            assert_problem(&refused, 400, "malformed_json");
        }
    }
    assert_eq!(fixture.reload(&order).await?.json(), order.json());
    assert_json(&send(&fixture, paid).await?, 200);
    fixture.wait_for_status(&order, "fulfilled").await?;
    fixture.finish().await
}
