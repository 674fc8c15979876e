//! Servers that are killed while they call the provider.

use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::{Client, wait_for, wait_until};

use crate::paid_market::{PaidMarket, payment_url, session_id};

/// Delays the next such call, so that the server can be killed while it waits.
fn delay_call(path_prefix: &str) -> Value {
    json!({"kind": "slow", "delay_ms": 2000, "method": "POST", "path_prefix": path_prefix})
}

async fn wait_until_called(fixture: &PaidMarket) -> Result<()> {
    wait_until("the call to reach the provider", async || {
        Ok(fixture.sandbox.faults_left().await? == 0)
    })
    .await
}

/// Makes all orders older: a sweep leaves the first ten seconds to the request that has placed an order,
/// which does not exist any more.
async fn age_orders(fixture: &PaidMarket) -> Result<()> {
    let aged = "UPDATE orders SET created_at = created_at - interval '11 s'";
    fixture.market.database.execute(aged).await
}

#[tokio::test]
async fn an_interrupted_checkout_is_completed_by_the_next_server() -> Result<()> {
    let mut fixture = PaidMarket::start().await?;
    fixture
        .sandbox
        .inject_fault(delay_call("/v1/checkout/sessions"))
        .await?;
    let placing = {
        let (buyer, listing): (Client, _) = (fixture.buyer.clone(), fixture.listing.clone());
        tokio::spawn(async move { buyer.buy_with_key(&listing, 2, "the one").await })
    };
    wait_until_called(&fixture).await?;
    fixture.restart().await?;
    assert!(placing.await?.is_err());

    let orders = fixture.buyer.get("/v1/orders").await?;
    assert_eq!(orders.items().len(), 1);
    assert_eq!(orders.items()[0]["status"], "awaiting_payment");
    assert_eq!(fixture.available().await?, 8);
    age_orders(&fixture).await?;
    let order = wait_for("a sweep to open the session", async || {
        let path = format!("/v1/orders/{}", orders.text_at("/data/0/id"));
        let order = fixture.buyer.get(&path).await?;
        Ok((!payment_url(&order).is_empty()).then_some(order))
    })
    .await?;
    // The call of the killed server was executed, and has opened the same session.
    wait_until("the first call to complete", async || {
        let again = fixture.buyer.check_out(order.id()).await?;
        Ok(again.status == 200)
    })
    .await?;
    assert_eq!(fixture.sandbox.state().await?.sessions().len(), 1);
    let replay = fixture
        .buyer
        .buy_with_key(&fixture.listing, 2, "the one")
        .await?;
    assert_eq!(
        (replay.id(), payment_url(&replay)),
        (order.id(), payment_url(&order))
    );
    fixture.pay(&order).await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    fixture.finish().await
}

#[tokio::test]
async fn an_interrupted_checkout_is_completed_without_another_request() -> Result<()> {
    let mut fixture = PaidMarket::start().await?;
    // The call never reaches the provider.
    let fault = json!({"kind": "timeout", "delay_ms": 2000, "method": "POST", "next": 2});
    fixture.sandbox.inject_fault(fault).await?;
    let placing = {
        let (buyer, listing) = (fixture.buyer.clone(), fixture.listing.clone());
        tokio::spawn(async move { buyer.buy(&listing, 2).await })
    };
    wait_until("the call to reach the provider", async || {
        Ok(fixture.sandbox.faults_left().await? < 2)
    })
    .await?;
    fixture.restart().await?;
    assert!(placing.await?.is_err());
    fixture.sandbox.clear_faults().await?;
    age_orders(&fixture).await?;
    let order = wait_for("a sweep to open the session", async || {
        let orders = fixture.buyer.get("/v1/orders").await?;
        let is_open = !orders.text_at("/data/0/payment_url").is_empty();
        Ok(is_open.then_some(orders))
    })
    .await?;
    let order = fixture.buyer.check_out(order.text_at("/data/0/id")).await?;
    assert_eq!(
        fixture
            .sandbox
            .state()
            .await?
            .sessions_for(order.id())
            .len(),
        1
    );
    fixture.pay(&order).await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    fixture.finish().await
}

#[tokio::test]
async fn a_payment_made_while_no_server_ran_is_found_by_the_next() -> Result<()> {
    let mut fixture = PaidMarket::start().await?;
    let (paid, expired) = (fixture.order(2).await?, fixture.order(1).await?);
    fixture
        .sandbox
        .deliver_webhooks(json!({"drop_per_mille": 1000}))
        .await?;
    fixture.market.servers[0].kill().await?;
    fixture.pay(&paid).await?;
    fixture
        .sandbox
        .press(payment_url(&expired), "expire")
        .await?;
    fixture.start_again().await?;
    fixture.wait_for_status(&paid, "fulfilled").await?;
    fixture.wait_for_status(&expired, "expired").await?;
    assert_eq!(fixture.available().await?, 8);
    fixture.finish().await
}

#[tokio::test]
async fn an_interrupted_refund_is_sent_once() -> Result<()> {
    let mut fixture = PaidMarket::start().await?;
    let order = fixture.order(2).await?;
    fixture.pay(&order).await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    fixture
        .sandbox
        .inject_fault(delay_call("/v1/refunds"))
        .await?;
    assert_eq!(fixture.seller.refund(order.id()).await?.status, 200);
    wait_until_called(&fixture).await?;
    fixture.restart().await?;
    fixture.clear_claims().await?;
    let unsent = "SELECT count(*) FROM refunds WHERE sent_at IS NULL";
    wait_until("the refund to be recorded", async || {
        fixture.clear_claims().await?;
        fixture.wait_for_sweep().await?;
        Ok(fixture.market.database.count(unsent).await? == 0)
    })
    .await?;
    assert_eq!(
        fixture
            .sandbox
            .state()
            .await?
            .refunds_of(session_id(&order)),
        [1400]
    );
    fixture.finish().await
}

#[tokio::test]
async fn an_interrupted_lapse_is_completed_by_the_next_server() -> Result<()> {
    let mut fixture = PaidMarket::start().await?;
    let order = fixture.order(2).await?;
    let expire = format!("/v1/checkout/sessions/{}/expire", session_id(&order));
    fixture.sandbox.inject_fault(delay_call(&expire)).await?;
    fixture.lapse(1).await?;
    wait_until_called(&fixture).await?;
    fixture.restart().await?;
    fixture.clear_claims().await?;
    fixture.wait_for_status(&order, "expired").await?;
    assert_eq!(fixture.available().await?, 10);
    fixture.finish().await
}
