//! Two servers on one database, told the same at the same moment.

use std::time::Duration;

use anyhow::Result;
use futures::future::{try_join, try_join_all};
use serde_json::{Value, json};
use tokio::time::sleep;
use udam_testkit::sandbox::WEBHOOK_SECRET;
use udam_testkit::{Client, MarketBuilder, Response, wait_until, webhook};

use super::stage::{Stage, page, session};

const ORDERS: u64 = 10;

#[tokio::test]
async fn a_webhook_that_reaches_two_servers_at_once_acts_once() -> Result<()> {
    let stage = Stage::without_sweeps(MarketBuilder::new().servers(2), 20).await?;
    stage
        .sandbox
        .deliver_webhooks(json!({"hold": true}))
        .await?;
    for number in 0..ORDERS {
        let order = stage.order(1).await?;
        let action = if number % 2 == 0 { "pay" } else { "expire" };
        stage.sandbox.press(page(&order), action).await?;
    }
    let events = stage.sandbox.events("checkout.session.*").await?;
    assert_eq!(events.len(), 10);
    let here = stage.market.client()?;
    let there = here.at(stage.market.address(1));
    let deliveries = events
        .iter()
        .map(|event| try_join(tell(&here, event), tell(&there, event)));
    for (once, again) in try_join_all(deliveries).await? {
        assert_eq!((once.status, again.status), (200, 200));
    }
    let mut acted = [0, 0];
    for (outcome, count) in ["done", "repeated"].iter().zip(&mut acted) {
        let series = format!("udam_webhooks_total{{outcome=\"{outcome}\"");
        for server in 0..2 {
            *count += stage.market.metric(server, &series).await?;
        }
    }
    assert_eq!(acted, [ORDERS, ORDERS]);
    assert_eq!(stage.buyer.get("/v1/tokens").await?.items().len(), 5);
    assert_eq!(stage.available().await?, 15);
    stage.end().await
}

/// Commits of payments take their time, so that there is one to be in the midst of.
const SLOW_COMMITS: &str = "
    CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN PERFORM pg_sleep(0.4); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER dawdle AFTER UPDATE ON charges DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.state = 'paid' AND OLD.state <> 'paid') EXECUTE FUNCTION dawdle()";

#[tokio::test]
async fn news_of_a_payment_that_another_server_is_just_writing_down_is_not_lost() -> Result<()> {
    let stage = Stage::without_sweeps(MarketBuilder::new().servers(2), 10).await?;
    stage
        .sandbox
        .deliver_webhooks(json!({"hold": true}))
        .await?;
    stage.market.database.execute(SLOW_COMMITS).await?;
    let here = stage.market.client()?;
    let there = here.at(stage.market.address(1));
    let (refunded, lost) = (stage.order(1).await?, stage.order(1).await?);
    for order in [&refunded, &lost] {
        stage.pay(order).await?;
        let news = if order.id() == refunded.id() {
            stage.sandbox.refund(session(order), None).await?;
            "charge.refunded"
        } else {
            let dispute = stage.sandbox.dispute(session(order)).await?;
            stage.sandbox.close_dispute(&dispute, "lost").await?;
            "charge.dispute.closed"
        };
        let paid = latest(&stage, "checkout.session.completed").await?;
        let news = latest(&stage, news).await?;
        let later = async {
            sleep(Duration::from_millis(200)).await;
            tell(&there, &news).await
        };
        let (first, second) = try_join(tell(&here, &paid), later).await?;
        assert_eq!((first.status, second.status), (200, 200));
        assert_eq!(stage.now(order).await?["status"], "refunded");
    }
    stage.end().await
}

async fn latest(stage: &Stage, kind: &str) -> Result<Value> {
    Ok(stage.sandbox.events(kind).await?.remove(0))
}

/// Posts an event as the provider would.
async fn tell(server: &Client, event: &Value) -> Result<Response> {
    let body = event.to_string().into_bytes();
    let signature = webhook::signature(WEBHOOK_SECRET, webhook::now(), &body);
    server.send_webhook(&body, Some(&signature)).await
}

#[tokio::test]
async fn the_sweeps_of_both_servers_share_the_work() -> Result<()> {
    let stage = Stage::with(MarketBuilder::new().servers(2), 40).await?;
    stage
        .sandbox
        .deliver_webhooks(json!({"drop_per_mille": 1000}))
        .await?;
    let mut orders = Vec::new();
    for _ in 0..ORDERS {
        orders.push(stage.order(1).await?);
    }
    let lapsing = stage.order(3).await?;
    for order in &orders {
        stage.pay(order).await?;
    }
    for order in &orders {
        stage.until(order, "fulfilled").await?;
    }
    stage.lapse(1).await?;
    stage.until(&lapsing, "expired").await?;
    for order in &orders {
        assert_eq!(stage.seller.refund(order.id()).await?.status, 200);
    }
    wait_until("every refund", async || {
        let books = stage.sandbox.state().await?;
        Ok(books.refunds().len() >= orders.len())
    })
    .await?;
    wait_until("both to have swept", async || {
        let mut swept = true;
        for server in 0..2 {
            let completed = r#"udam_sweeps_total{outcome="completed""#;
            swept &= stage.market.metric(server, completed).await? > 2;
        }
        Ok(swept)
    })
    .await?;
    assert_eq!(stage.sandbox.state().await?.refunds().len(), orders.len());
    let mut refunded = 0;
    for server in 0..2 {
        let series = r#"udam_sweep_findings_total{finding="refunded""#;
        refunded += stage.market.metric(server, series).await?;
    }
    assert_eq!(refunded, ORDERS);
    assert_eq!(stage.available().await?, 30);
    stage.end().await
}
