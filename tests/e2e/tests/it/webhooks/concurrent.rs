//! The same event, or related ones, at two servers at once.

use std::time::Duration;

use anyhow::Result;
use futures::future::{try_join, try_join_all};
use serde_json::{Value, json};
use tokio::time::sleep;
use udam_testkit::sandbox::WEBHOOK_SECRET;
use udam_testkit::{Client, MarketBuilder, Response, webhook};

use crate::paid_market::{PaidMarket, payment_url, session_id};

const ORDERS: u64 = 10;

#[tokio::test]
async fn an_event_at_two_servers_at_once_is_applied_once() -> Result<()> {
    let fixture = PaidMarket::start_without_sweeps(MarketBuilder::new().servers(2), 20).await?;
    fixture
        .sandbox
        .deliver_webhooks(json!({"hold": true}))
        .await?;
    for number in 0..ORDERS {
        let order = fixture.order(1).await?;
        let action = if number % 2 == 0 { "pay" } else { "expire" };
        fixture.sandbox.press(payment_url(&order), action).await?;
    }
    let events = fixture.sandbox.events("checkout.session.*").await?;
    assert_eq!(events.len(), 10);
    let here = fixture.market.client()?;
    let there = here.at(fixture.market.address(1));
    let deliveries = events
        .iter()
        .map(|event| try_join(send_event(&here, event), send_event(&there, event)));
    for (once, again) in try_join_all(deliveries).await? {
        assert_eq!((once.status, again.status), (200, 200));
    }
    let mut acted = [0, 0];
    for (outcome, count) in ["done", "repeated"].iter().zip(&mut acted) {
        let series = format!("udam_webhooks_total{{outcome=\"{outcome}\"");
        for server in 0..2 {
            *count += fixture.market.metric(server, &series).await?;
        }
    }
    assert_eq!(acted, [ORDERS, ORDERS]);
    assert_eq!(fixture.buyer.get("/v1/tokens").await?.items().len(), 5);
    assert_eq!(fixture.available().await?, 15);
    fixture.finish().await
}

/// Delays the commit of payments, so that another event can arrive before it.
const SLOW_COMMITS: &str = "
    CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN PERFORM pg_sleep(0.4); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER dawdle AFTER UPDATE ON charges DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.state = 'paid' AND OLD.state <> 'paid') EXECUTE FUNCTION dawdle()";

#[tokio::test]
async fn an_event_about_a_payment_that_another_server_is_committing_is_not_lost() -> Result<()> {
    let fixture = PaidMarket::start_without_sweeps(MarketBuilder::new().servers(2), 10).await?;
    fixture
        .sandbox
        .deliver_webhooks(json!({"hold": true}))
        .await?;
    fixture.market.database.execute(SLOW_COMMITS).await?;
    let here = fixture.market.client()?;
    let there = here.at(fixture.market.address(1));
    let (refunded, lost) = (fixture.order(1).await?, fixture.order(1).await?);
    for order in [&refunded, &lost] {
        fixture.pay(order).await?;
        let event = if order.id() == refunded.id() {
            fixture.sandbox.refund(session_id(order), None).await?;
            "charge.refunded"
        } else {
            let dispute = fixture.sandbox.dispute(session_id(order)).await?;
            fixture.sandbox.close_dispute(&dispute, "lost").await?;
            "charge.dispute.closed"
        };
        let paid = latest(&fixture, "checkout.session.completed").await?;
        let event = latest(&fixture, event).await?;
        let later = async {
            sleep(Duration::from_millis(200)).await;
            send_event(&there, &event).await
        };
        let (first, second) = try_join(send_event(&here, &paid), later).await?;
        assert_eq!((first.status, second.status), (200, 200));
        assert_eq!(fixture.reload(order).await?["status"], "refunded");
    }
    fixture.finish().await
}

async fn latest(fixture: &PaidMarket, kind: &str) -> Result<Value> {
    Ok(fixture.sandbox.events(kind).await?.remove(0))
}

/// Sends an event, signed as by the provider.
async fn send_event(server: &Client, event: &Value) -> Result<Response> {
    let body = event.to_string().into_bytes();
    let signature = webhook::signature(WEBHOOK_SECRET, webhook::now(), &body);
    server.send_webhook(&body, Some(&signature)).await
}
