//! Races that have been reported for other open-source marketplaces.

use anyhow::Result;
use futures::future::{try_join, try_join_all};
use serde_json::json;
use udam_testkit::{MarketBuilder, wait_until};

use crate::assertions::assert_outcomes;
use crate::paid_market::{PaidMarket, payment_url, place_unpaid, session_id, wait_for_status};

const BUYERS: usize = 16;

/// Medusa issue 16825: two orders for one unit are both sent to pay.
#[tokio::test]
async fn of_many_orders_for_one_unit_only_one_is_sent_to_pay() -> Result<()> {
    let fixture = PaidMarket::start_with(MarketBuilder::new().servers(2), 1).await?;
    let buyers = fixture.market.sign_up_many(BUYERS).await?;
    let orders = buyers.iter().map(|buyer| buyer.buy(&fixture.listing, 1));
    let responses = try_join_all(orders).await?;
    let soldout = ("409 insufficient_units", BUYERS - 1);
    assert_outcomes(&responses, &[("201", 1), soldout]);
    let won = responses.iter().position(|response| response.status == 201);
    let (buyer, order) = (&buyers[won.unwrap()], &responses[won.unwrap()]);
    assert_eq!(order["status"], "awaiting_payment");
    // No other buyer has a page to pay on.
    assert_eq!(fixture.sandbox.state().await?.sessions().len(), 1);

    fixture.pay(order).await?;
    wait_for_status(buyer, order, "fulfilled").await?;
    for buyer in &buyers {
        assert_eq!(buyer.buy(&fixture.listing, 1).await?.status, 409);
    }
    let state = fixture.sandbox.state().await?;
    assert_eq!((state.sessions().len(), state.payments()), (1, 1));
    fixture.finish().await
}

/// Medusa issue 16502: two line items of one stock are each checked against all of it.
#[tokio::test]
async fn two_orders_that_exceed_the_stock_together_do_not_both_succeed() -> Result<()> {
    const ROUNDS: u32 = 8;
    let fixture = PaidMarket::start_with(MarketBuilder::new().servers(2), 0).await?;
    let elsewhere = fixture.buyer.at(fixture.market.address(1));
    let path = format!("/v1/listings/{}", fixture.listing);
    for _ in 0..ROUNDS {
        // Ten units, of which seven and six are ordered at once.
        let restocked = fixture.seller.patch(&path, json!({"available_units": 10}));
        assert_eq!(restocked.await?.status, 200);
        let seven = fixture.buyer.buy(&fixture.listing, 7);
        let six = elsewhere.buy(&fixture.listing, 6);
        let responses: [_; 2] = try_join(seven, six).await?.into();
        assert_outcomes(&responses, &[("201", 1), ("409 insufficient_units", 1)]);
        let order = responses
            .iter()
            .find(|response| response.status == 201)
            .unwrap();
        fixture.pay(order).await?;
        fixture.wait_for_status(order, "fulfilled").await?;
    }
    // The same with one order on the tab and one through Checkout.
    let cheap = json!({"available_units": 8, "price_per_unit": "1.00"});
    assert_eq!(fixture.seller.patch(&path, cheap).await?.status, 200);
    let on_tab = fixture.buyer.buy(&fixture.listing, 4);
    let checked_out = elsewhere.buy(&fixture.listing, 5);
    let responses: [_; 2] = try_join(on_tab, checked_out).await?.into();
    assert_outcomes(&responses, &[("201", 1), ("409 insufficient_units", 1)]);
    fixture.finish().await
}

/// Vendure issue 3065: the buyer is charged, and then no units are left.
#[tokio::test]
async fn buyers_charged_after_the_stock_is_gone_are_refunded() -> Result<()> {
    let fixture = PaidMarket::start_with(MarketBuilder::new(), 1).await?;
    let buyers = fixture.market.sign_up_many(5).await?;
    let mut late = Vec::new();
    for buyer in &buyers {
        let order = place_unpaid(buyer, &fixture.listing, 1).await?;
        fixture.lapse(1).await?;
        wait_for_status(buyer, &order, "expired").await?;
        late.push(order);
    }
    let bought = fixture.buy_and_pay(1).await?;

    let before = fixture.completed_sweeps().await?;
    for order in &late {
        fixture.sandbox.pay_late(session_id(order)).await?;
    }
    wait_until("all late payments to be refunded", async || {
        let state = fixture.sandbox.state().await?;
        let back = late
            .iter()
            .all(|order| state.refunds_of(session_id(order)) == [700]);
        Ok(back)
    })
    .await?;
    // The sweep in progress when the payments were made, the one that sends the refunds, and one that may
    // have completed before the count is read.
    assert!(fixture.completed_sweeps().await? <= before + 3);
    for (buyer, order) in buyers.iter().zip(&late) {
        wait_for_status(buyer, order, "refunded").await?;
    }
    assert_eq!(fixture.reload(&bought).await?["status"], "fulfilled");
    fixture.finish().await
}

/// A paid session whose webhook is lost.
#[tokio::test]
async fn a_payment_whose_webhook_is_lost_is_found_by_a_sweep() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    fixture
        .sandbox
        .deliver_webhooks(json!({"drop_per_mille": 1000}))
        .await?;
    let order = fixture.order(2).await?;
    let before = fixture.completed_sweeps().await?;
    fixture.pay(&order).await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    assert!(fixture.completed_sweeps().await? <= before + 3);
    assert_eq!(fixture.sandbox.state().await?.attempts(), 0);
    fixture.finish().await
}

/// Lago issue 2243: one event is delivered many times at once.
#[tokio::test]
async fn an_event_delivered_many_times_at_once_is_applied_once() -> Result<()> {
    let fixture = PaidMarket::start_without_sweeps(MarketBuilder::new(), 10).await?;
    fixture
        .sandbox
        .deliver_webhooks(json!({"hold": true}))
        .await?;
    let order = fixture.order(2).await?;
    fixture.sandbox.press(payment_url(&order), "pay").await?;
    let events = fixture.sandbox.events("checkout.session.completed").await?;
    let event = events[0]["id"].as_str().unwrap();
    assert_eq!(fixture.sandbox.deliver(event, 20).await?, [200; 20]);

    assert_eq!(fixture.reload(&order).await?["status"], "fulfilled");
    for (outcome, times) in [("done", 1), ("repeated", 19)] {
        let series = format!("udam_webhooks_total{{outcome=\"{outcome}\"");
        assert_eq!(fixture.market.metric(0, &series).await?, times, "{outcome}");
    }
    let tokens = fixture.buyer.get("/v1/tokens").await?;
    assert_eq!(tokens.items().len(), 1);
    assert_eq!(fixture.available().await?, 8);
    fixture.finish().await
}
