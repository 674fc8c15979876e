//! How an order that awaits payment ends.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{MarketBuilder, wait_until};

use super::stage::{Stage, awaiting, page, session, until};
use crate::expect::{assert_id, assert_instant, assert_problem};

#[tokio::test]
async fn a_paid_order_is_fulfilled() -> Result<()> {
    let stage = Stage::set().await?;
    let order = stage.order(3).await?;
    assert_eq!(order["total_price"], "21.00");
    assert_eq!(order["payment_requires_confirmation"], true);
    assert_eq!(order["token_id"], json!(null));
    assert_instant(&order["expires_at"]);
    // The units are the buyer's before anything is paid.
    assert_eq!(stage.available().await?, 7);

    let paid = stage.sandbox.press(page(&order), "pay").await?;
    assert_eq!(paid.status, 303);
    let back = format!("http://market.example.com/orders/{}/paid", order.id());
    assert!(paid.header("location").starts_with(&back));
    let fulfilled = stage.until(&order, "fulfilled").await?;
    assert_id(&fulfilled["token_id"], "tok");
    assert_eq!(fulfilled["payment_requires_confirmation"], false);
    assert_eq!(
        (&fulfilled["payment_url"], &fulfilled["expires_at"]),
        (&json!(null), &json!(null))
    );
    let opened = stage.buyer.reveal(fulfilled.text_at("/token_id")).await?;
    assert_eq!(opened["api_key"], "sk-weather-1");
    assert_eq!(stage.available().await?, 7);
    assert_eq!(stage.sandbox.state().await?.net(session(&order)), 2100);
    // It cannot be paid again.
    assert_eq!(stage.sandbox.press(page(&order), "pay").await?.status, 409);
    stage.end().await
}

#[tokio::test]
async fn a_declined_card_leaves_the_order_to_be_paid_with_another() -> Result<()> {
    let stage = Stage::set().await?;
    let order = stage.order(1).await?;
    let declined = stage.sandbox.press(page(&order), "decline").await?;
    assert_eq!(declined.status, 303);
    stage.sweep().await?;
    let still = stage.now(&order).await?;
    assert_eq!(still.json(), order.json());
    assert_eq!(stage.available().await?, 9);
    stage.pay(&order).await?;
    stage.until(&order, "fulfilled").await?;
    stage.end().await
}

#[tokio::test]
async fn an_abandoned_order_is_ended_at_the_provider_and_gives_its_units_back() -> Result<()> {
    let stage = Stage::set().await?;
    let order = stage.order(4).await?;
    assert_eq!(stage.available().await?, 6);
    stage.lapse(1).await?;
    let expired = stage.until(&order, "expired").await?;
    assert_eq!(
        (
            &expired["payment_url"],
            &expired["payment_requires_confirmation"]
        ),
        (&json!(null), &json!(false))
    );
    assert_eq!(stage.available().await?, 10);
    // Whoever comes back to the page now is not charged.
    assert_eq!(stage.sandbox.press(page(&order), "pay").await?.status, 410);
    let again = stage.buyer.check_out(order.id());
    assert_problem(&again.await?, 409, "invalid_state");
    stage.end().await
}

#[tokio::test]
async fn a_session_that_the_provider_ends_expires_the_order() -> Result<()> {
    let stage = Stage::without_sweeps(MarketBuilder::new(), 10).await?;
    let order = stage.order(4).await?;
    assert_eq!(
        stage.sandbox.press(page(&order), "expire").await?.status,
        303
    );
    stage.until(&order, "expired").await?;
    assert_eq!(stage.available().await?, 10);
    stage.end().await
}

#[tokio::test]
async fn whoever_pays_after_the_order_has_expired_is_served_while_units_remain() -> Result<()> {
    let stage = Stage::set().await?;
    let order = stage.order(4).await?;
    stage.lapse(1).await?;
    stage.until(&order, "expired").await?;
    stage.sandbox.pay_late(session(&order)).await?;
    let late = stage.until(&order, "fulfilled").await?;
    assert_eq!(stage.available().await?, 6);
    let opened = stage.buyer.reveal(late.text_at("/token_id")).await?;
    assert_eq!(opened.status, 200);
    stage.end().await
}

#[tokio::test]
async fn whoever_pays_after_the_units_have_gone_has_the_money_back_once() -> Result<()> {
    let stage = Stage::set().await?;
    let order = stage.order(4).await?;
    stage.lapse(1).await?;
    stage.until(&order, "expired").await?;
    // Seven of ten are gone before the money comes.
    let other = stage.market.sign_up("other").await?;
    let quicker = awaiting(&other, &stage.listing, 7).await?;
    stage.pay(&quicker).await?;
    until(&other, &quicker, "fulfilled").await?;

    stage.sandbox.pay_late(session(&order)).await?;
    let late = stage.until(&order, "refunded").await?;
    assert_eq!(late["token_id"], json!(null));
    assert_eq!(stage.available().await?, 3);
    let refunds = async || {
        let books = stage.sandbox.state().await?;
        anyhow::Ok(books.refunds_of(session(&order)))
    };
    wait_until("the refund", async || Ok(!refunds().await?.is_empty())).await?;
    // However many sweeps follow.
    stage.forget_claims().await?;
    stage.sweep().await?;
    assert_eq!(refunds().await?, [2800]);
    wait_until("the refund to show", async || {
        Ok(stage.now(&order).await?["refunded_amount"] == "28.00")
    })
    .await?;
    stage.end().await
}

#[tokio::test]
async fn whoever_pays_in_the_last_moment_is_served() -> Result<()> {
    let stage = Stage::set().await?;
    let order = stage.order(4).await?;
    // The provider does not take the end of the session, so that it can still be paid after its time.
    let fault = json!({
        "kind": "status_500",
        "next": 1000,
        "method": "POST",
        "path_prefix": format!("/v1/checkout/sessions/{}/expire", session(&order)),
    });
    stage.sandbox.inject_fault(fault).await?;
    stage.lapse(1).await?;
    stage.sweep().await?;
    // Nobody else gets what may still be paid for.
    assert_eq!(stage.available().await?, 6);
    stage.pay(&order).await?;
    stage.until(&order, "fulfilled").await?;
    assert_eq!(stage.available().await?, 6);
    stage.end().await
}

#[tokio::test]
async fn a_canceled_order_gives_its_units_back_and_can_no_longer_be_paid() -> Result<()> {
    let stage = Stage::set().await?;
    let order = stage.order(4).await?;
    let canceled = stage.buyer.cancel(order.id());
    assert_eq!(canceled.await?["status"], "canceled");
    assert_eq!(stage.available().await?, 10);
    wait_until("the session to end", async || {
        let books = stage.sandbox.state().await?;
        Ok(books.sessions()[0]["status"] == "expired")
    })
    .await?;
    assert_eq!(stage.sandbox.press(page(&order), "pay").await?.status, 410);
    assert_eq!(stage.now(&order).await?["status"], "canceled");
    stage.end().await
}

#[tokio::test]
async fn an_order_that_is_canceled_and_paid_late_is_fulfilled_or_refunded() -> Result<()> {
    let stage = Stage::set().await?;
    let (first, second) = (stage.order(4).await?, stage.order(5).await?);
    for order in [&first, &second] {
        let canceled = stage.buyer.cancel(order.id());
        assert_eq!(canceled.await?.status, 200);
    }
    stage.sweep().await?;
    stage.sandbox.pay_late(session(&first)).await?;
    stage.until(&first, "fulfilled").await?;
    assert_eq!(stage.available().await?, 6);
    let other = stage.order(2).await?;
    stage.sandbox.pay_late(session(&second)).await?;
    stage.until(&second, "refunded").await?;
    assert_eq!(stage.available().await?, 4);
    stage.pay(&other).await?;
    stage.until(&other, "fulfilled").await?;
    stage.end().await
}

#[tokio::test]
async fn a_payment_that_takes_days_fulfils_the_order_when_it_succeeds() -> Result<()> {
    let stage = Stage::set().await?;
    let order = stage.order(2).await?;
    stage.sandbox.pay_async(session(&order)).await?;
    // It is under way: even a lapse must not give the units to somebody else.
    stage.lapse(1).await?;
    stage.sweep().await?;
    assert_eq!(stage.now(&order).await?["status"], "awaiting_payment");
    assert_eq!(stage.available().await?, 8);
    stage.sandbox.settle_async(session(&order), true).await?;
    stage.until(&order, "fulfilled").await?;
    stage.end().await
}

#[tokio::test]
async fn a_payment_that_takes_days_and_fails_cancels_the_order() -> Result<()> {
    let stage = Stage::set().await?;
    let order = stage.order(2).await?;
    stage.sandbox.pay_async(session(&order)).await?;
    stage.sweep().await?;
    stage.sandbox.settle_async(session(&order), false).await?;
    stage.until(&order, "canceled").await?;
    assert_eq!(stage.available().await?, 10);
    stage.end().await
}
