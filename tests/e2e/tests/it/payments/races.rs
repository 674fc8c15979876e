//! What other open marketplaces lose money by. Each test bears the number under which it was reported
//! there.

use anyhow::Result;
use futures::future::{try_join, try_join_all};
use serde_json::json;
use udam_testkit::{MarketBuilder, wait_until};

use super::stage::{Stage, awaiting, page, session, until};
use crate::expect::assert_tally;

const CROWD: usize = 16;

/// Two orders for one unit, both sent to pay.
#[tokio::test]
async fn medusa_16825() -> Result<()> {
    let stage = Stage::with(MarketBuilder::new().servers(2), 1).await?;
    let crowd = stage.market.sign_up_many(CROWD).await?;
    let orders = crowd.iter().map(|buyer| buyer.buy(&stage.listing, 1));
    let answers = try_join_all(orders).await?;
    let soldout = ("409 insufficient_units", CROWD - 1);
    assert_tally(&answers, &[("201", 1), soldout]);
    let won = answers.iter().position(|answer| answer.status == 201);
    let (buyer, order) = (&crowd[won.unwrap()], &answers[won.unwrap()]);
    assert_eq!(order["status"], "awaiting_payment");
    // Nobody else has been sent anywhere that money could be left.
    assert_eq!(stage.sandbox.state().await?.sessions().len(), 1);

    stage.pay(order).await?;
    until(buyer, order, "fulfilled").await?;
    for buyer in &crowd {
        assert_eq!(buyer.buy(&stage.listing, 1).await?.status, 409);
    }
    let books = stage.sandbox.state().await?;
    assert_eq!((books.sessions().len(), books.payments()), (1, 1));
    stage.end().await
}

/// Two lines for one stock, each held against all of it.
#[tokio::test]
async fn medusa_16502() -> Result<()> {
    const ROUNDS: u32 = 8;
    let stage = Stage::with(MarketBuilder::new().servers(2), 0).await?;
    let elsewhere = stage.buyer.at(stage.market.address(1));
    let path = format!("/v1/listings/{}", stage.listing);
    for _ in 0..ROUNDS {
        // Ten units more, of which seven and six are wanted at once.
        let restocked = stage.seller.patch(&path, json!({"available_units": 10}));
        assert_eq!(restocked.await?.status, 200);
        let seven = stage.buyer.buy(&stage.listing, 7);
        let six = elsewhere.buy(&stage.listing, 6);
        let answers: [_; 2] = try_join(seven, six).await?.into();
        assert_tally(&answers, &[("201", 1), ("409 insufficient_units", 1)]);
        let order = answers.iter().find(|answer| answer.status == 201).unwrap();
        stage.pay(order).await?;
        stage.until(order, "fulfilled").await?;
    }
    // On the tab and through the checkout alike.
    let cheap = json!({"available_units": 8, "price_per_unit": "1.00"});
    assert_eq!(stage.seller.patch(&path, cheap).await?.status, 200);
    let on_tab = stage.buyer.buy(&stage.listing, 4);
    let checked_out = elsewhere.buy(&stage.listing, 5);
    let answers: [_; 2] = try_join(on_tab, checked_out).await?.into();
    assert_tally(&answers, &[("201", 1), ("409 insufficient_units", 1)]);
    stage.end().await
}

/// The buyer is charged, and then there is no stock.
#[tokio::test]
async fn vendure_3065() -> Result<()> {
    let stage = Stage::with(MarketBuilder::new(), 1).await?;
    let crowd = stage.market.sign_up_many(5).await?;
    let mut late = Vec::new();
    for buyer in &crowd {
        let order = awaiting(buyer, &stage.listing, 1).await?;
        stage.lapse(1).await?;
        until(buyer, &order, "expired").await?;
        late.push(order);
    }
    let bought = stage.bought(1).await?;

    let before = stage.sweeps().await?;
    for order in &late {
        stage.sandbox.pay_late(session(order)).await?;
    }
    wait_until("everybody's money to go back", async || {
        let books = stage.sandbox.state().await?;
        let back = late
            .iter()
            .all(|order| books.refunds_of(session(order)) == [700]);
        Ok(back)
    })
    .await?;
    // The sweep that was under way when the money came, the one that sends it back, and one more that
    // may be over before this is looked at.
    assert!(stage.sweeps().await? <= before + 3);
    for (buyer, order) in crowd.iter().zip(&late) {
        until(buyer, order, "refunded").await?;
    }
    assert_eq!(stage.now(&bought).await?["status"], "fulfilled");
    stage.end().await
}

/// A paid session of which nobody ever tells.
#[tokio::test]
async fn udam_lost_webhook() -> Result<()> {
    let stage = Stage::set().await?;
    stage
        .sandbox
        .deliver_webhooks(json!({"drop_per_mille": 1000}))
        .await?;
    let order = stage.order(2).await?;
    let before = stage.sweeps().await?;
    stage.pay(&order).await?;
    stage.until(&order, "fulfilled").await?;
    assert!(stage.sweeps().await? <= before + 3);
    assert_eq!(stage.sandbox.state().await?.attempts(), 0);
    stage.end().await
}

/// One event, told many times at once.
#[tokio::test]
async fn lago_2243() -> Result<()> {
    let stage = Stage::without_sweeps(MarketBuilder::new(), 10).await?;
    stage
        .sandbox
        .deliver_webhooks(json!({"hold": true}))
        .await?;
    let order = stage.order(2).await?;
    stage.sandbox.press(page(&order), "pay").await?;
    let events = stage.sandbox.events("checkout.session.completed").await?;
    let event = events[0]["id"].as_str().unwrap();
    assert_eq!(stage.sandbox.deliver(event, 20).await?, [200; 20]);

    assert_eq!(stage.now(&order).await?["status"], "fulfilled");
    for (outcome, times) in [("done", 1), ("repeated", 19)] {
        let series = format!("udam_webhooks_total{{outcome=\"{outcome}\"");
        assert_eq!(stage.market.metric(0, &series).await?, times, "{outcome}");
    }
    let tokens = stage.buyer.get("/v1/tokens").await?;
    assert_eq!(tokens.items().len(), 1);
    assert_eq!(stage.available().await?, 8);
    stage.end().await
}
