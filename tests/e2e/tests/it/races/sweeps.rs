//! Sweeps of two servers at once.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{MarketBuilder, wait_until};

use crate::paid_market::PaidMarket;

const ORDERS: u64 = 10;

#[tokio::test]
async fn the_sweeps_of_both_servers_share_the_work() -> Result<()> {
    let fixture = PaidMarket::start_with(MarketBuilder::new().servers(2), 40).await?;
    fixture
        .sandbox
        .deliver_webhooks(json!({"drop_per_mille": 1000}))
        .await?;
    let mut orders = Vec::new();
    for _ in 0..ORDERS {
        orders.push(fixture.order(1).await?);
    }
    let lapsing = fixture.order(3).await?;
    for order in &orders {
        fixture.pay(order).await?;
    }
    for order in &orders {
        fixture.wait_for_status(order, "fulfilled").await?;
    }
    fixture.lapse(1).await?;
    fixture.wait_for_status(&lapsing, "expired").await?;
    for order in &orders {
        assert_eq!(fixture.seller.refund(order.id()).await?.status, 200);
    }
    wait_until("all refunds", async || {
        let state = fixture.sandbox.state().await?;
        Ok(state.refunds().len() >= orders.len())
    })
    .await?;
    wait_until("both servers to complete sweeps", async || {
        let mut swept = true;
        for server in 0..2 {
            let completed = r#"udam_sweeps_total{outcome="completed""#;
            swept &= fixture.market.metric(server, completed).await? > 2;
        }
        Ok(swept)
    })
    .await?;
    // A sweep reports what it found once it has ended, after the sandbox has its refunds.
    let refunded = async || {
        let series = r#"udam_sweep_findings_total{finding="refunded""#;
        let mut refunded = 0;
        for server in 0..2 {
            refunded += fixture.market.metric(server, series).await?;
        }
        anyhow::Ok(refunded)
    };
    wait_until("the refunds to be reported", async || {
        Ok(refunded().await? >= ORDERS)
    })
    .await?;
    assert_eq!(refunded().await?, ORDERS);
    assert_eq!(fixture.sandbox.state().await?.refunds().len(), orders.len());
    assert_eq!(fixture.available().await?, 30);
    fixture.finish().await
}
