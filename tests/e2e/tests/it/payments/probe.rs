use super::stage::{Stage, alert_in, session};
use anyhow::Result;
use std::time::Duration;

#[tokio::test]
async fn probe_partial_then_seller() -> Result<()> {
    let stage = Stage::set().await?;
    let order = stage.order(2).await?;
    stage.pay(&order).await?;
    stage.until(&order, "fulfilled").await?;
    stage.sandbox.refund(session(&order), Some(250)).await?;
    stage.sweep().await?;
    println!("{}", stage.now(&order).await?.text);
    println!("{}", stage.seller.refund(order.id()).await?.text);
    for _ in 0..3 {
        stage.forget_claims().await?;
        stage.sweep().await?;
    }
    println!("{}", stage.now(&order).await?.text);
    println!(
        "{:?} {}",
        stage.sandbox.state().await?.refunds_of(session(&order)),
        stage.alerts().await?
    );
    println!("{}", alert_in(&stage.market.logs()));
    println!("{:?}", stage.market.verify().await);
    Ok(())
}

#[tokio::test]
async fn probe_dispute_then_seller() -> Result<()> {
    let stage = Stage::set().await?;
    let order = stage.order(2).await?;
    stage.pay(&order).await?;
    stage.until(&order, "fulfilled").await?;
    let dispute = stage.sandbox.dispute(session(&order)).await?;
    stage.sweep().await?;
    println!("{}", stage.seller.refund(order.id()).await?.text);
    for _ in 0..2 {
        stage.forget_claims().await?;
        stage.sweep().await?;
    }
    println!(
        "{:?} {}",
        stage.sandbox.state().await?.refunds_of(session(&order)),
        stage.alerts().await?
    );
    println!("{}", alert_in(&stage.market.logs()));
    stage.sandbox.close_dispute(&dispute, "lost").await?;
    for _ in 0..2 {
        stage.forget_claims().await?;
        stage.sweep().await?;
    }
    println!(
        "{} {}",
        stage.now(&order).await?.text,
        stage.alerts().await?
    );
    println!("{:?}", stage.market.verify().await);
    Ok(())
}

#[tokio::test]
async fn probe_small_then_full() -> Result<()> {
    let stage = Stage::set().await?;
    let trifle = stage.trifle("1.50").await?;
    let small = super::stage::on_tab(&stage.buyer, &trifle, 2).await?;
    let order = stage.order(2).await?;
    stage.pay(&order).await?;
    stage.until(&order, "fulfilled").await?;
    // The refund of the small one is owed while the operator gives all back.
    stage.sandbox.fail(serde_json::json!({"kind":"status_500","next":2,"method":"POST","path_prefix":"/v1/refunds"})).await?;
    stage.seller.refund(small.id()).await?;
    stage.sweep().await?;
    stage.sandbox.refund(session(&order), None).await?;
    stage.until(&order, "refunded").await?;
    for _ in 0..3 {
        stage.forget_claims().await?;
        stage.sweep().await?;
    }
    println!(
        "{:?} {}",
        stage.sandbox.state().await?.refunds_of(session(&order)),
        stage.alerts().await?
    );
    println!("{}", alert_in(&stage.market.logs()));
    println!("{:?}", stage.market.verify().await);
    tokio::time::sleep(Duration::from_millis(1)).await;
    Ok(())
}
