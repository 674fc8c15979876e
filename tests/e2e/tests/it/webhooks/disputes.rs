//! Disputes, and events out of order.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{wait_for, wait_until};

use super::{buy_and_pay, reveal};
use crate::assertions::assert_problem;
use crate::paid_market::{PaidMarket, session_id};

#[tokio::test]
async fn a_dispute_suspends_the_token_and_its_outcome_decides() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let (won, won_token) = buy_and_pay(&fixture, 1).await?;
    let (lost, lost_token) = buy_and_pay(&fixture, 1).await?;
    let mut disputes = Vec::new();
    for (order, token) in [(&won, &won_token), (&lost, &lost_token)] {
        disputes.push(fixture.sandbox.dispute(session_id(order)).await?);
        wait_for("the token to be suspended", async || {
            let response = reveal(&fixture, token).await?;
            Ok((response.status == 409).then_some(response))
        })
        .await
        .map(|response| assert_problem(&response, 409, "invalid_state"))?;
        let path = format!("/v1/tokens/{}", token.text_at("/token_id"));
        assert_eq!(fixture.buyer.get(&path).await?["status"], "suspended");
        assert_eq!(fixture.reload(order).await?["status"], "fulfilled");
    }
    fixture.market.verify().await?;

    fixture.sandbox.close_dispute(&disputes[0], "won").await?;
    wait_until("the token to be active again", async || {
        Ok(reveal(&fixture, &won_token).await?.status == 200)
    })
    .await?;
    fixture.sandbox.close_dispute(&disputes[1], "lost").await?;
    fixture.wait_for_status(&lost, "refunded").await?;
    assert_problem(&reveal(&fixture, &lost_token).await?, 410, "token_revoked");
    // The bank has taken the money, so nothing is refunded.
    fixture.wait_for_sweep().await?;
    assert!(fixture.sandbox.state().await?.refunds().is_empty());
    fixture.finish().await
}

#[tokio::test]
async fn an_event_before_its_payment_waits_for_it() -> Result<()> {
    let fixture = PaidMarket::start_without_sweeps(udam_testkit::MarketBuilder::new(), 10).await?;
    fixture
        .sandbox
        .deliver_webhooks(json!({"hold": true}))
        .await?;
    let (refunded, disputed) = (fixture.order(1).await?, fixture.order(1).await?);
    for order in [&refunded, &disputed] {
        fixture.pay(order).await?;
    }
    fixture.sandbox.refund(session_id(&refunded), None).await?;
    let dispute = fixture.sandbox.dispute(session_id(&disputed)).await?;
    fixture.sandbox.close_dispute(&dispute, "won").await?;
    let deliver = async |kind: &str| -> Result<()> {
        for event in fixture.sandbox.events(kind).await? {
            let responses = fixture
                .sandbox
                .deliver(event["id"].as_str().unwrap(), 1)
                .await?;
            assert_eq!(responses, [200], "{kind}");
        }
        Ok(())
    };
    // In reverse: the end of the dispute, its beginning, the refund, and at last the payments.
    deliver("charge.dispute.closed").await?;
    deliver("charge.dispute.created").await?;
    deliver("charge.refunded").await?;
    for order in [&refunded, &disputed] {
        assert_eq!(fixture.reload(order).await?["status"], "awaiting_payment");
    }
    deliver("checkout.session.completed").await?;
    assert_eq!(fixture.reload(&refunded).await?["status"], "refunded");
    let won = fixture.reload(&disputed).await?;
    assert_eq!(won["status"], "fulfilled");
    assert_eq!(reveal(&fixture, &won).await?.status, 200);
    fixture.finish().await
}
