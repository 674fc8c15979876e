//! A provider that is down, slow, or out of its mind. Nothing is lost, and asking again finishes it.

use anyhow::Result;
use rustix::process::Signal;
use serde_json::{Value, json};
use udam_testkit::{Response, Sandbox, wait_for, wait_until};

use super::stage::{Stage, page, session};
use crate::expect::assert_problem;

/// The next so many calls that open a session go wrong. The server repeats a call once.
fn opening_fails(kind: &str, calls: u32, after_effect: bool) -> Value {
    json!({
        "kind": kind,
        "next": calls,
        "delay_ms": 0,
        "method": "POST",
        "path_prefix": "/v1/checkout/sessions",
        "after_effect": after_effect,
    })
}

/// Places an order which the provider cannot be told of, and which is kept; the answer that says so.
async fn fails(stage: &Stage, key: &str) -> Result<Response> {
    let before = stage.available().await?;
    let failed = stage.buyer.buy_with_key(&stage.listing, 2, key).await?;
    assert_problem(&failed, 502, "payment_provider_error");
    let path = format!("/v1/orders/{}", failed.text_at("/order_id"));
    let order = stage.buyer.get(&path).await?;
    assert_eq!(order["status"], "awaiting_payment");
    assert_eq!(order["payment_requires_confirmation"], true);
    assert_eq!(page(&order), "");
    assert_eq!(stage.available().await?, before - 2);
    Ok(order)
}

/// Asks for the same order again, now that the provider answers, and pays for it.
async fn finishes(stage: &Stage, kept: &Response, key: &str) -> Result<()> {
    let order = stage.buyer.buy_with_key(&stage.listing, 2, key).await?;
    assert_eq!(
        (order.status, order.id()),
        (201, kept.id()),
        "{}",
        order.text
    );
    assert_eq!(order.header("idempotent-replayed"), "true");
    assert_ne!(page(&order), "");
    let books = stage.sandbox.state().await?;
    assert_eq!(books.sessions_for(order.id()).len(), 1);
    stage.pay(&order).await?;
    stage.until(&order, "fulfilled").await?;
    Ok(())
}

#[tokio::test]
async fn an_order_is_kept_while_the_provider_fails_and_asking_again_finishes_it() -> Result<()> {
    let stage = Stage::set().await?;
    for kind in ["status_500", "garbage", "timeout"] {
        stage
            .sandbox
            .inject_fault(opening_fails(kind, 2, false))
            .await?;
        let kept = fails(&stage, kind).await?;
        assert!(
            stage
                .sandbox
                .state()
                .await?
                .sessions_for(kept.id())
                .is_empty()
        );
        finishes(&stage, &kept, kind).await?;
    }
    stage.end().await
}

#[tokio::test]
async fn a_session_whose_answer_was_lost_is_the_one_that_is_answered_later() -> Result<()> {
    let stage = Stage::set().await?;
    for kind in ["status_500", "garbage", "timeout"] {
        stage
            .sandbox
            .inject_fault(opening_fails(kind, 2, true))
            .await?;
        let kept = fails(&stage, kind).await?;
        let books = stage.sandbox.state().await?;
        assert_eq!(books.sessions_for(kept.id()).len(), 1);
        finishes(&stage, &kept, kind).await?;
    }
    stage.end().await
}

#[tokio::test]
async fn a_single_failure_is_nothing_that_a_buyer_hears_of() -> Result<()> {
    let stage = Stage::set().await?;
    for kind in ["status_500", "garbage", "timeout"] {
        for after_effect in [false, true] {
            stage
                .sandbox
                .inject_fault(opening_fails(kind, 1, after_effect))
                .await?;
            let order = stage.order(1).await?;
            let books = stage.sandbox.state().await?;
            assert_eq!(books.sessions_for(order.id()).len(), 1, "{kind}");
        }
    }
    stage.end().await
}

#[tokio::test]
async fn a_provider_slower_than_anybody_waits_opens_one_session() -> Result<()> {
    let stage = Stage::set().await?;
    // A call has ten seconds.
    let fault = json!({
        "kind": "slow",
        "delay_ms": 11_000,
        "method": "POST",
        "path_prefix": "/v1/checkout/sessions",
    });
    stage.sandbox.inject_fault(fault).await?;
    let kept = fails(&stage, "slow").await?;
    wait_until("the provider to have finished", async || {
        let books = stage.sandbox.state().await?;
        Ok(!books.sessions_for(kept.id()).is_empty())
    })
    .await?;
    finishes(&stage, &kept, "slow").await?;
    stage.end().await
}

#[tokio::test]
async fn the_same_failure_remembered_under_the_key_ends_with_the_reservation() -> Result<()> {
    let stage = Stage::set().await?;
    let mut fault = opening_fails("status_500", 1, false);
    fault["kept"] = json!(true);
    stage.sandbox.inject_fault(fault).await?;
    let kept = fails(&stage, "kept").await?;
    stage.lapse(1).await?;
    stage.until(&kept, "expired").await?;
    assert_eq!(stage.available().await?, 10);
    let order = stage.order(2).await?;
    stage.pay(&order).await?;
    stage.until(&order, "fulfilled").await?;
    stage.end().await
}

#[tokio::test]
async fn a_sweep_asks_the_provider_where_nobody_asks_again() -> Result<()> {
    let stage = Stage::set().await?;
    stage
        .sandbox
        .inject_fault(opening_fails("status_500", 2, false))
        .await?;
    let kept = fails(&stage, "forgotten").await?;
    // A sweep leaves the first ten seconds to the buyer. They are put into the past by hand.
    let aged = "UPDATE orders SET created_at = created_at - interval '11 s'";
    stage.market.database.execute(aged).await?;
    let order = wait_for("a page to pay on", async || {
        let order = stage.now(&kept).await?;
        Ok((!page(&order).is_empty()).then_some(order))
    })
    .await?;
    stage.pay(&order).await?;
    stage.until(&order, "fulfilled").await?;
    stage.end().await
}

#[tokio::test]
async fn units_come_back_at_the_lapse_though_the_provider_is_down() -> Result<()> {
    let mut stage = Stage::set().await?;
    let address = stage.sandbox.address()?;
    stage.sandbox.stop(Signal::TERM).await?;
    let kept = fails(&stage, "down").await?;
    assert_problem(
        &stage.buyer.check_out(kept.id()).await?,
        502,
        "payment_provider_error",
    );
    stage.lapse(1).await?;
    stage.until(&kept, "expired").await?;
    assert_eq!(stage.available().await?, 10);
    // Small orders need no provider.
    let trifle = stage.trifle("1.00").await?;
    assert_eq!(stage.buyer.buy(&trifle, 1).await?.status, 201);
    assert_problem(
        &stage.buyer.post_empty("/v1/tab/checkout").await?,
        502,
        "payment_provider_error",
    );
    let kept = fails(&stage, "down again").await?;

    stage.sandbox = wait_for("the provider to be back", async || {
        Ok(Sandbox::start_at(address).await.ok())
    })
    .await?;
    stage
        .sandbox
        .send_webhooks_to(stage.market.address(0))
        .await?;
    finishes(&stage, &kept, "down again").await?;
    stage.end().await
}

#[tokio::test]
async fn units_that_may_still_be_paid_for_are_held_a_minute_longer_while_the_provider_is_down()
-> Result<()> {
    let stage = Stage::set().await?;
    let order = stage.order(4).await?;
    let down = json!({"kind": "status_500", "next": 1_000_000});
    stage.sandbox.inject_fault(down).await?;
    stage.lapse(1).await?;
    stage.sweep().await?;
    assert_eq!(stage.now(&order).await?["status"], "awaiting_payment");
    assert_eq!(stage.available().await?, 6);
    stage.lapse(61).await?;
    stage.until(&order, "expired").await?;
    assert_eq!(stage.available().await?, 10);

    // The page is still there, and whoever pays on it is served or has the money back.
    stage.pay(&order).await?;
    stage.sandbox.clear_faults().await?;
    stage.until(&order, "fulfilled").await?;
    assert_eq!(stage.sandbox.state().await?.net(session(&order)), 2800);
    stage.end().await
}
