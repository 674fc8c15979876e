//! Money that goes back, by the seller's hand, the operator's, or the buyer's bank's.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Response, wait_for, wait_until};

use super::stage::{Stage, on_tab, session};
use crate::expect::assert_problem;

/// Waits until so much of an order shows as given back.
async fn until_refunded(stage: &Stage, order: &Response, amount: &str) -> Result<()> {
    wait_until("the refund to show", async || {
        Ok(stage.now(order).await?["refunded_amount"] == amount)
    })
    .await
}

/// An order that was paid, with the answer that led to its page.
async fn bought(stage: &Stage, units: u32) -> Result<(Response, Response)> {
    let order = stage.order(units).await?;
    stage.pay(&order).await?;
    let fulfilled = stage.until(&order, "fulfilled").await?;
    Ok((order, fulfilled))
}

async fn reveal(stage: &Stage, order: &Response) -> Result<Response> {
    stage.buyer.reveal(order.text_at("/token_id")).await
}

#[tokio::test]
async fn a_seller_s_refund_gives_the_money_back_once() -> Result<()> {
    let stage = Stage::set().await?;
    let (order, fulfilled) = bought(&stage, 2).await?;
    assert_eq!(reveal(&stage, &fulfilled).await?.status, 200);
    let path = format!("/v1/orders/{}/refund", order.id());
    for _ in 0..3 {
        let answer = stage
            .seller
            .post(&path, json!({"return_units": true}))
            .await?;
        assert_eq!(
            (answer.status, &answer["status"]),
            (200, &json!("refunded"))
        );
    }
    // The token is worth nothing before the money has moved.
    assert_problem(&reveal(&stage, &fulfilled).await?, 410, "token_revoked");
    assert_eq!(stage.available().await?, 10);
    until_refunded(&stage, &order, "14.00").await?;
    stage.forget_claims().await?;
    stage.sweep().await?;
    let books = stage.sandbox.state().await?;
    assert_eq!(books.refunds_of(session(&order)), [1400]);
    assert_eq!(books.refunds().len(), 1);
    stage.end().await
}

#[tokio::test]
async fn a_refund_whose_answer_is_lost_is_given_once() -> Result<()> {
    for kind in ["status_500", "garbage", "timeout"] {
        let stage = Stage::set().await?;
        let (order, _) = bought(&stage, 1).await?;
        let fault = json!({
            "kind": kind,
            "next": 2,
            "delay_ms": 0,
            "method": "POST",
            "path_prefix": "/v1/refunds",
            "after_effect": true,
        });
        stage.sandbox.inject_fault(fault).await?;
        stage.seller.refund(order.id()).await?;
        wait_until("the refund at the provider", async || {
            Ok(!stage.sandbox.state().await?.refunds().is_empty())
        })
        .await?;
        let unsent = "SELECT count(*) FROM refunds WHERE sent_at IS NULL";
        wait_until("the refund to be on record", async || {
            stage.forget_claims().await?;
            stage.sweep().await?;
            Ok(stage.market.database.count(unsent).await? == 0)
        })
        .await?;
        let books = stage.sandbox.state().await?;
        assert_eq!(books.refunds_of(session(&order)), [700], "{kind}");
        stage.end().await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_operator_s_full_refund_revokes_the_token_and_is_not_given_again() -> Result<()> {
    let stage = Stage::set().await?;
    let (order, fulfilled) = bought(&stage, 2).await?;
    stage.sandbox.refund(session(&order), None).await?;
    let refunded = stage.until(&order, "refunded").await?;
    assert_eq!(refunded["refunded_amount"], "14.00");
    assert_problem(&reveal(&stage, &fulfilled).await?, 410, "token_revoked");
    // The seller's own comes too late to do anything.
    assert_eq!(stage.seller.refund(order.id()).await?.status, 200);
    stage.sweep().await?;
    assert_eq!(
        stage.sandbox.state().await?.refunds_of(session(&order)),
        [1400]
    );
    // The units stay sold: the buyer may have used them.
    assert_eq!(stage.available().await?, 8);
    stage.end().await
}

#[tokio::test]
async fn an_operator_s_partial_refund_shows_and_leaves_the_token() -> Result<()> {
    let stage = Stage::set().await?;
    let (order, fulfilled) = bought(&stage, 2).await?;
    stage.sandbox.refund(session(&order), Some(250)).await?;
    until_refunded(&stage, &order, "2.50").await?;
    let now = stage.now(&order).await?;
    assert_eq!(now["status"], "fulfilled");
    assert_eq!(reveal(&stage, &fulfilled).await?.status, 200);
    let sold = stage
        .seller
        .get(&format!("/v1/orders/{}", order.id()))
        .await?;
    assert_eq!(sold["refunded_amount"], "2.50");
    stage.market.verify().await?;

    // The rest of it is as good as all of it.
    stage.sandbox.refund(session(&order), Some(1150)).await?;
    stage.until(&order, "refunded").await?;
    assert_problem(&reveal(&stage, &fulfilled).await?, 410, "token_revoked");
    stage.end().await
}

#[tokio::test]
async fn a_seller_s_refund_after_an_operator_s_partial_one_gives_the_rest_back() -> Result<()> {
    let stage = Stage::set().await?;
    let (order, _) = bought(&stage, 2).await?;
    stage.sandbox.refund(session(&order), Some(250)).await?;
    until_refunded(&stage, &order, "2.50").await?;
    assert_eq!(stage.seller.refund(order.id()).await?.status, 200);
    until_refunded(&stage, &order, "14.00").await?;
    let books = stage.sandbox.state().await?;
    assert_eq!(books.refunds_of(session(&order)), [250, 1150]);
    stage.end().await
}

#[tokio::test]
async fn an_operator_s_refund_of_all_that_was_paid_takes_what_it_carried_back_too() -> Result<()> {
    let stage = Stage::set().await?;
    let trifle = stage.trifle("1.50").await?;
    let small = on_tab(&stage.buyer, &trifle, 2).await?;
    let (order, _) = bought(&stage, 1).await?;
    stage.sandbox.refund(session(&order), None).await?;
    stage.until(&order, "refunded").await?;
    stage.until(&small, "refunded").await?;
    assert_problem(&reveal(&stage, &small).await?, 410, "token_revoked");
    assert_eq!(stage.tab().await?, "0.00");
    stage.end().await
}

#[tokio::test]
async fn a_dispute_suspends_the_token_and_its_outcome_decides() -> Result<()> {
    let stage = Stage::set().await?;
    let (won, won_token) = bought(&stage, 1).await?;
    let (lost, lost_token) = bought(&stage, 1).await?;
    let mut disputes = Vec::new();
    for (order, token) in [(&won, &won_token), (&lost, &lost_token)] {
        disputes.push(stage.sandbox.dispute(session(order)).await?);
        wait_for("the token to be suspended", async || {
            let answer = reveal(&stage, token).await?;
            Ok((answer.status == 409).then_some(answer))
        })
        .await
        .map(|answer| assert_problem(&answer, 409, "invalid_state"))?;
        let path = format!("/v1/tokens/{}", token.text_at("/token_id"));
        assert_eq!(stage.buyer.get(&path).await?["status"], "suspended");
        assert_eq!(stage.now(order).await?["status"], "fulfilled");
    }
    stage.market.verify().await?;

    stage.sandbox.close_dispute(&disputes[0], "won").await?;
    wait_until("the token to open its key again", async || {
        Ok(reveal(&stage, &won_token).await?.status == 200)
    })
    .await?;
    stage.sandbox.close_dispute(&disputes[1], "lost").await?;
    stage.until(&lost, "refunded").await?;
    assert_problem(&reveal(&stage, &lost_token).await?, 410, "token_revoked");
    // The bank has the money already: nothing else is given back.
    stage.sweep().await?;
    assert!(stage.sandbox.state().await?.refunds().is_empty());
    stage.end().await
}

#[tokio::test]
async fn news_that_comes_before_what_it_is_about_waits_for_it() -> Result<()> {
    let stage = Stage::without_sweeps(udam_testkit::MarketBuilder::new(), 10).await?;
    stage
        .sandbox
        .deliver_webhooks(json!({"hold": true}))
        .await?;
    let (refunded, disputed) = (stage.order(1).await?, stage.order(1).await?);
    for order in [&refunded, &disputed] {
        stage.pay(order).await?;
    }
    stage.sandbox.refund(session(&refunded), None).await?;
    let dispute = stage.sandbox.dispute(session(&disputed)).await?;
    stage.sandbox.close_dispute(&dispute, "won").await?;
    let told = async |kind: &str| -> Result<()> {
        for event in stage.sandbox.events(kind).await? {
            let answers = stage
                .sandbox
                .deliver(event["id"].as_str().unwrap(), 1)
                .await?;
            assert_eq!(answers, [200], "{kind}");
        }
        Ok(())
    };
    // Backwards: the end of the dispute, its beginning, the refund, and at last the payments.
    told("charge.dispute.closed").await?;
    told("charge.dispute.created").await?;
    told("charge.refunded").await?;
    for order in [&refunded, &disputed] {
        assert_eq!(stage.now(order).await?["status"], "awaiting_payment");
    }
    told("checkout.session.completed").await?;
    assert_eq!(stage.now(&refunded).await?["status"], "refunded");
    let won = stage.now(&disputed).await?;
    assert_eq!(won["status"], "fulfilled");
    assert_eq!(reveal(&stage, &won).await?.status, 200);
    stage.end().await
}
