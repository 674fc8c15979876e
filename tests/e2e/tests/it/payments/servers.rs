//! Two servers on one database, told the same at the same moment.

use anyhow::Result;
use futures::future::{try_join, try_join_all};
use serde_json::json;
use udam_e2e::sandbox::WEBHOOK_SECRET;
use udam_e2e::{Opening, eventually, webhook};

use super::stage::{Stage, page};

const ORDERS: u64 = 10;

#[tokio::test]
async fn a_webhook_that_reaches_two_servers_at_once_acts_once() -> Result<()> {
    let stage = Stage::without_sweeps(Opening::usual().servers(2), 20).await?;
    stage.sandbox.post_is(json!({"hold": true})).await?;
    for number in 0..ORDERS {
        let order = stage.order(1).await?;
        let action = if number % 2 == 0 { "pay" } else { "expire" };
        stage.sandbox.press(page(&order), action).await?;
    }
    let mut events = stage.sandbox.events("checkout.session.*").await?;
    assert_eq!(events.len(), 10);
    let (here, there) = (stage.market.visitor()?, stage.market.address(1));
    let deliveries = events.drain(..).map(|event| {
        let body = event.to_string().into_bytes();
        let signature = webhook::signature(WEBHOOK_SECRET, webhook::now(), &body);
        let (here, there) = (here.clone(), here.at(there));
        async move {
            let once = here.webhook(&body, Some(&signature));
            try_join(once, there.webhook(&body, Some(&signature))).await
        }
    });
    for (once, again) in try_join_all(deliveries).await? {
        assert_eq!((once.status, again.status), (200, 200));
    }
    let mut acted = [0, 0];
    for (outcome, count) in ["done", "repeated"].iter().zip(&mut acted) {
        let series = format!("udam_webhooks_total{{outcome=\"{outcome}\"");
        for server in 0..2 {
            *count += stage.market.counted(server, &series).await?;
        }
    }
    assert_eq!(acted, [ORDERS, ORDERS]);
    assert_eq!(stage.buyer.get("/v1/tokens").await?.items().len(), 5);
    assert_eq!(stage.available().await?, 15);
    stage.end().await
}

#[tokio::test]
async fn the_sweeps_of_both_servers_share_the_work() -> Result<()> {
    let stage = Stage::with(Opening::usual().servers(2), 40).await?;
    stage
        .sandbox
        .post_is(json!({"drop_per_mille": 1000}))
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
    eventually("every refund", async || {
        let books = stage.sandbox.state().await?;
        Ok((books.refunds().len() >= orders.len()).then_some(()))
    })
    .await?;
    eventually("both to have swept", async || {
        let mut swept = true;
        for server in 0..2 {
            let completed = r#"udam_sweeps_total{outcome="completed""#;
            swept &= stage.market.counted(server, completed).await? > 2;
        }
        Ok(swept.then_some(()))
    })
    .await?;
    assert_eq!(stage.sandbox.state().await?.refunds().len(), orders.len());
    let mut refunded = 0;
    for server in 0..2 {
        let series = r#"udam_sweep_findings_total{finding="refunded""#;
        refunded += stage.market.counted(server, series).await?;
    }
    assert_eq!(refunded, ORDERS);
    assert_eq!(stage.available().await?, 30);
    stage.end().await
}
