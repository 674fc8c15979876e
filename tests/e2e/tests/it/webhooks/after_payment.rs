//! What a card network can do after a payment: disputes in every way, refunds that fail, refunds at the provider.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{MarketBuilder, Response, wait_for, wait_until};

use super::{buy_and_pay, reveal, wait_for_refund};
use crate::assertions::assert_problem;
use crate::paid_market::{PaidMarket, buy_on_tab, session_id};

/// A small order of 3.00 and one of 14.00 that one charge has paid for.
async fn paid_together(fixture: &PaidMarket) -> Result<(Response, Response, String)> {
    let cheap = fixture.publish_cheap("3.00").await?;
    let small = buy_on_tab(&fixture.buyer, &cheap, 1).await?;
    let (placed, order) = buy_and_pay(fixture, 2).await?;
    Ok((small, order, session_id(&placed).to_owned()))
}

async fn wait_for_token(fixture: &PaidMarket, order: &Response, status: u16) -> Result<Response> {
    wait_for("the token to change", async || {
        let response = reveal(fixture, order).await?;
        Ok((response.status == status).then_some(response))
    })
    .await
}

async fn refund(fixture: &PaidMarket, order: &Response) -> Result<Response> {
    let path = format!("/v1/orders/{}/refund", order.id());
    fixture.seller.post(&path, json!({})).await
}

/// Kinds and counts of the open alerts.
async fn alerts(fixture: &PaidMarket) -> Result<Vec<(String, i64)>> {
    let listed = fixture.market.run(&["alerts", "list"]).await?;
    let field = |line: &str, index| line.split('\t').nth(index).unwrap_or_default().to_owned();
    Ok(listed
        .stdout
        .lines()
        .map(|line| (field(line, 4), field(line, 3).parse().unwrap()))
        .collect())
}

#[tokio::test]
async fn a_token_is_suspended_while_any_dispute_is_open_and_not_by_inquiries() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let (placed, order) = buy_and_pay(&fixture, 1).await?;
    let session = session_id(&placed);
    let inquiry = json!({"status": "warning_needs_response"});
    let inquiry = fixture.sandbox.dispute_with(session, inquiry).await?;
    let closed = "warning_closed";
    fixture.sandbox.close_dispute(&inquiry, closed).await?;
    let part = json!({"amount": 300});
    let first = fixture.sandbox.dispute_with(session, part.clone()).await?;
    assert_problem(
        &wait_for_token(&fixture, &order, 409).await?,
        409,
        "invalid_state",
    );
    let second = fixture.sandbox.dispute_with(session, part).await?;
    fixture.sandbox.close_dispute(&first, "won").await?;
    fixture.wait_for_sweep().await?;
    assert_eq!(reveal(&fixture, &order).await?.status, 409);
    fixture.sandbox.close_dispute(&second, "prevented").await?;
    wait_for_token(&fixture, &order, 200).await?;
    fixture.finish_with_alerts().await
}

#[tokio::test]
async fn an_order_lost_to_a_dispute_is_restored_if_it_is_won_on_appeal() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let (placed, order) = buy_and_pay(&fixture, 1).await?;
    let dispute = fixture.sandbox.dispute(session_id(&placed)).await?;
    fixture.sandbox.close_dispute(&dispute, "lost").await?;
    fixture.wait_for_status(&order, "refunded").await?;
    wait_for_token(&fixture, &order, 410).await?;
    fixture.market.verify().await?;
    fixture.sandbox.decide_again(&dispute, "won").await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    wait_for_token(&fixture, &order, 200).await?;
    assert_eq!(
        alerts(&fixture).await?,
        [("dispute_reversed".to_owned(), 1)]
    );
    fixture.finish_with_alerts().await
}

#[tokio::test]
async fn a_lost_dispute_of_a_part_takes_the_order_that_costs_as_much() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let (small, order, session) = paid_together(&fixture).await?;
    let part = json!({"amount": 300});
    let dispute = fixture.sandbox.dispute_with(&session, part).await?;
    wait_for_token(&fixture, &small, 409).await?;
    assert_eq!(reveal(&fixture, &order).await?.status, 200);
    fixture.sandbox.close_dispute(&dispute, "lost").await?;
    fixture.wait_for_status(&small, "refunded").await?;
    fixture.wait_for_sweep().await?;
    assert_eq!(fixture.reload(&order).await?["status"], "fulfilled");
    assert_eq!(reveal(&fixture, &order).await?.status, 200);
    fixture.finish().await
}

#[tokio::test]
async fn a_refund_that_fails_is_owed_again_and_given() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    for (first, later) in [("pending", Some("failed")), ("failed", None)] {
        let (placed, order) = buy_and_pay(&fixture, 1).await?;
        fixture.sandbox.plan_refunds(first, 1).await?;
        assert_eq!(refund(&fixture, &order).await?["status"], "refunded");
        let requested = async || {
            let state = fixture.sandbox.state().await?;
            let latest = state.refunds().last().cloned();
            Ok(latest.filter(|refund| refund["status"] == first))
        };
        let failing = wait_for("the refund to be requested", requested).await?;
        if let Some(status) = later {
            wait_for_refund(&fixture, &order, "7.00").await?;
            let id = failing["id"].as_str().unwrap();
            fixture.sandbox.settle_refund(id, status).await?;
        }
        wait_until("the refund to be given", async || {
            Ok(fixture.sandbox.state().await?.net(session_id(&placed)) == 0)
        })
        .await?;
        wait_for_refund(&fixture, &order, "7.00").await?;
    }
    let kinds = alerts(&fixture).await?;
    assert_eq!(
        kinds,
        [
            ("refund_failed".to_owned(), 1),
            ("refund_failed".to_owned(), 1)
        ]
    );
    fixture.finish_with_alerts().await
}

#[tokio::test]
async fn a_disputed_payment_is_not_refunded_by_its_seller() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let (placed, order) = buy_and_pay(&fixture, 1).await?;
    let dispute = fixture.sandbox.dispute(session_id(&placed)).await?;
    wait_for_token(&fixture, &order, 409).await?;
    assert_problem(&refund(&fixture, &order).await?, 409, "dispute_open");
    assert_eq!(fixture.reload(&order).await?["status"], "fulfilled");
    fixture.sandbox.close_dispute(&dispute, "won").await?;
    wait_for_token(&fixture, &order, 200).await?;
    assert_eq!(refund(&fixture, &order).await?.status, 200);
    wait_for_refund(&fixture, &order, "7.00").await?;
    fixture.finish().await
}

#[tokio::test]
async fn an_order_refunded_in_part_at_the_provider_gets_the_rest_from_its_seller() -> Result<()> {
    let fixture = PaidMarket::start_without_sweeps(MarketBuilder::new(), 10).await?;
    let (placed, order) = buy_and_pay(&fixture, 1).await?;
    let session = session_id(&placed);
    // The webhook about the operator's refund comes after the seller's refund.
    let sandbox = &fixture.sandbox;
    sandbox.deliver_webhooks(json!({"hold": true})).await?;
    sandbox.refund(session, Some(4_00)).await?;
    assert_eq!(refund(&fixture, &order).await?.status, 200);
    // A refund triggers a sweep, which Stripe refuses ten times over, then learns what is left.
    sandbox.deliver_webhooks(json!({})).await?;
    wait_until("the rest to be refunded", async || {
        Ok(sandbox
            .state()
            .await?
            .refunds_of(session)
            .iter()
            .sum::<i64>()
            == 7_00)
    })
    .await?;
    wait_for_refund(&fixture, &order, "7.00").await?;
    fixture.finish_with_alerts().await
}

#[tokio::test]
async fn one_order_of_a_payment_that_is_refunded_at_the_provider_leaves_the_other_alone()
-> Result<()> {
    let fixture = PaidMarket::start().await?;
    let (small, order, session) = paid_together(&fixture).await?;
    fixture.sandbox.refund(&session, Some(14_00)).await?;
    let refunded = fixture.wait_for_status(&order, "refunded").await?;
    assert_eq!(refunded["refunded_amount"], "14.00");
    wait_for_token(&fixture, &order, 410).await?;
    // The seller refunds it as well.
    assert_eq!(refund(&fixture, &order).await?.status, 200);
    fixture.wait_for_sweep().await?;
    let other = fixture.reload(&small).await?;
    assert_eq!(
        (&other["status"], &other["refunded_amount"]),
        (&json!("fulfilled"), &json!("0.00"))
    );
    assert_eq!(reveal(&fixture, &small).await?.status, 200);
    fixture.finish().await
}

#[tokio::test]
async fn a_refund_at_the_provider_is_of_the_order_in_its_metadata() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let (small, order, session) = paid_together(&fixture).await?;
    let named = json!({"amount": 500, "metadata": {"order_id": order.id()}});
    fixture.sandbox.refund_with(&session, named).await?;
    wait_for_refund(&fixture, &order, "5.00").await?;
    assert_eq!(fixture.reload(&small).await?["refunded_amount"], "0.00");
    fixture.sandbox.refund(&session, Some(1_00)).await?;
    wait_until("an alert about the other refund", async || {
        Ok(alerts(&fixture).await? == [("refund_unattributed".to_owned(), 1)])
    })
    .await?;
    for order in [&small, &order] {
        assert_eq!(fixture.reload(order).await?["status"], "fulfilled");
    }
    fixture.market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn a_payment_that_is_refunded_and_lost_raises_one_alert_that_can_be_resolved() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let (placed, order) = buy_and_pay(&fixture, 1).await?;
    let session = session_id(&placed);
    fixture.sandbox.refund(session, Some(3_00)).await?;
    wait_for_refund(&fixture, &order, "3.00").await?;
    let whole = json!({"amount": 700});
    let dispute = fixture.sandbox.dispute_with(session, whole).await?;
    fixture.sandbox.close_dispute(&dispute, "lost").await?;
    fixture.wait_for_status(&order, "refunded").await?;
    fixture.wait_for_sweep().await?;
    let found = alerts(&fixture).await?;
    assert_eq!(found, [("refunded_and_lost".to_owned(), 1)]);
    fixture.market.verify().await?;
    let listed = fixture.market.run(&["alerts", "list"]).await?;
    let number = listed.stdout.split('\t').next().unwrap_or_default();
    let resolved = fixture.market.run(&["alerts", "resolve", number]).await?;
    assert_eq!(resolved.code, Some(0));
    assert_eq!(alerts(&fixture).await?, []);
    let unknown = fixture.market.run(&["alerts", "resolve", "999"]).await?;
    assert_eq!(unknown.code, Some(1));
    Ok(())
}

#[tokio::test]
async fn a_second_payment_of_an_order_is_given_back() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let (placed, order) = buy_and_pay(&fixture, 1).await?;
    let again = fixture.sandbox.pay_again(session_id(&placed), json!({}));
    let second = again.await?;
    let second = second["id"].as_str().unwrap_or_default().to_owned();
    wait_until("the second payment to be refunded", async || {
        Ok(fixture.sandbox.state().await?.refunds().len() == 1)
    })
    .await?;
    let state = fixture.sandbox.state().await?;
    assert_eq!(
        (state.net(&second), state.net(session_id(&placed))),
        (0, 7_00)
    );
    let same = fixture.reload(&order).await?;
    assert_eq!(
        (&same["status"], &same["refunded_amount"]),
        (&json!("fulfilled"), &json!("0.00"))
    );
    assert_eq!(alerts(&fixture).await?, [("second_payment".to_owned(), 1)]);
    fixture.finish_with_alerts().await
}
