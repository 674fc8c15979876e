//! Servers that are killed where it hurts most. A server that follows finishes what was begun.

use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::{Client, wait_for, wait_until};

use super::stage::{Stage, page, session};

/// The next such call takes its time, so that the server can be killed while it waits.
fn slow(path_prefix: &str) -> Value {
    json!({"kind": "slow", "delay_ms": 2000, "method": "POST", "path_prefix": path_prefix})
}

async fn until_under_way(stage: &Stage) -> Result<()> {
    wait_until("the call to reach the provider", async || {
        Ok(stage.sandbox.faults_left().await? == 0)
    })
    .await
}

/// Nobody is left to tell the provider of this buyer's orders but a sweep, which leaves ten seconds to
/// the request that has placed them. They are put into the past by hand.
async fn age_orders(stage: &Stage) -> Result<()> {
    let aged = "UPDATE orders SET created_at = created_at - interval '11 s'";
    stage.market.database.execute(aged).await
}

#[tokio::test]
async fn an_order_whose_server_died_before_the_provider_was_told_is_finished_by_the_next()
-> Result<()> {
    let mut stage = Stage::set().await?;
    stage
        .sandbox
        .inject_fault(slow("/v1/checkout/sessions"))
        .await?;
    let placing = {
        let (buyer, listing): (Client, _) = (stage.buyer.clone(), stage.listing.clone());
        tokio::spawn(async move { buyer.buy_with_key(&listing, 2, "the one").await })
    };
    until_under_way(&stage).await?;
    stage.restart().await?;
    assert!(placing.await?.is_err());

    let orders = stage.buyer.get("/v1/orders").await?;
    assert_eq!(orders.items().len(), 1);
    assert_eq!(orders.items()[0]["status"], "awaiting_payment");
    assert_eq!(stage.available().await?, 8);
    age_orders(&stage).await?;
    let order = wait_for("a sweep to tell the provider", async || {
        let path = format!("/v1/orders/{}", orders.text_at("/data/0/id"));
        let order = stage.buyer.get(&path).await?;
        Ok((!page(&order).is_empty()).then_some(order))
    })
    .await?;
    // The call of the server that died has been carried out, and it is the same session.
    wait_until("the first call to end", async || {
        let again = stage.buyer.check_out(order.id()).await?;
        Ok(again.status == 200)
    })
    .await?;
    assert_eq!(stage.sandbox.state().await?.sessions().len(), 1);
    let replay = stage
        .buyer
        .buy_with_key(&stage.listing, 2, "the one")
        .await?;
    assert_eq!((replay.id(), page(&replay)), (order.id(), page(&order)));
    stage.pay(&order).await?;
    stage.until(&order, "fulfilled").await?;
    stage.end().await
}

#[tokio::test]
async fn an_order_that_nobody_asks_about_again_is_finished_all_the_same() -> Result<()> {
    let mut stage = Stage::set().await?;
    // The call is lost with the server that made it.
    let fault = json!({"kind": "timeout", "delay_ms": 2000, "method": "POST", "next": 2});
    stage.sandbox.inject_fault(fault).await?;
    let placing = {
        let (buyer, listing) = (stage.buyer.clone(), stage.listing.clone());
        tokio::spawn(async move { buyer.buy(&listing, 2).await })
    };
    wait_until("the call to reach the provider", async || {
        Ok(stage.sandbox.faults_left().await? < 2)
    })
    .await?;
    stage.restart().await?;
    assert!(placing.await?.is_err());
    stage.sandbox.clear_faults().await?;
    age_orders(&stage).await?;
    let order = wait_for("a sweep to tell the provider", async || {
        let orders = stage.buyer.get("/v1/orders").await?;
        let told = !orders.text_at("/data/0/payment_url").is_empty();
        Ok(told.then_some(orders))
    })
    .await?;
    let order = stage.buyer.check_out(order.text_at("/data/0/id")).await?;
    assert_eq!(
        stage.sandbox.state().await?.sessions_for(order.id()).len(),
        1
    );
    stage.pay(&order).await?;
    stage.until(&order, "fulfilled").await?;
    stage.end().await
}

#[tokio::test]
async fn a_payment_that_came_while_no_server_lived_is_found_by_the_next() -> Result<()> {
    let mut stage = Stage::set().await?;
    let (paid, expired) = (stage.order(2).await?, stage.order(1).await?);
    stage
        .sandbox
        .deliver_webhooks(json!({"drop_per_mille": 1000}))
        .await?;
    stage.market.servers[0].kill().await?;
    stage.pay(&paid).await?;
    stage.sandbox.press(page(&expired), "expire").await?;
    stage.start_again().await?;
    stage.until(&paid, "fulfilled").await?;
    stage.until(&expired, "expired").await?;
    assert_eq!(stage.available().await?, 8);
    stage.end().await
}

#[tokio::test]
async fn a_refund_whose_server_died_on_the_way_is_given_once() -> Result<()> {
    let mut stage = Stage::set().await?;
    let order = stage.order(2).await?;
    stage.pay(&order).await?;
    stage.until(&order, "fulfilled").await?;
    stage.sandbox.inject_fault(slow("/v1/refunds")).await?;
    assert_eq!(stage.seller.refund(order.id()).await?.status, 200);
    until_under_way(&stage).await?;
    stage.restart().await?;
    stage.forget_claims().await?;
    let unsent = "SELECT count(*) FROM refunds WHERE sent_at IS NULL";
    wait_until("the refund to be on record", async || {
        stage.forget_claims().await?;
        stage.sweep().await?;
        Ok(stage.market.database.count(unsent).await? == 0)
    })
    .await?;
    assert_eq!(
        stage.sandbox.state().await?.refunds_of(session(&order)),
        [1400]
    );
    stage.end().await
}

#[tokio::test]
async fn a_lapse_whose_server_died_on_the_way_is_finished_by_the_next() -> Result<()> {
    let mut stage = Stage::set().await?;
    let order = stage.order(2).await?;
    let expire = format!("/v1/checkout/sessions/{}/expire", session(&order));
    stage.sandbox.inject_fault(slow(&expire)).await?;
    stage.lapse(1).await?;
    until_under_way(&stage).await?;
    stage.restart().await?;
    stage.forget_claims().await?;
    stage.until(&order, "expired").await?;
    assert_eq!(stage.available().await?, 10);
    stage.end().await
}
