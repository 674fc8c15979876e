//! What a seller, an operator and a card network do after an order has been paid.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use tokio::time::sleep;
use udam_testkit::{Response, Wait};

use super::market::{ChaosMarket, retry_refunds, wait_until_fulfilled};
use super::plan::{FollowUp, Purchase};
use super::purchase::{FULFILLED, REFUNDED, refund};
use super::verification::FOREIGN;
use crate::paid_market::session_id;

/// A part of an order, in minor units: less than any that has to be paid for costs.
const PART: i64 = 100;

/// Follows up an order that is being paid. Returns the states it may end in.
pub(super) async fn run(
    market: &ChaosMarket,
    purchase: Purchase,
    order: &Response,
) -> Result<&'static [&'static str]> {
    let (sandbox, session) = (&market.sandbox, session_id(order));
    match purchase.follow_up {
        FollowUp::Nothing => return Ok(FULFILLED),
        FollowUp::SellerRefunds => {
            wait_until_fulfilled(market, &market.buyers[purchase.buyer], order.id()).await?;
            return refund(market, order).await;
        }
        FollowUp::SellerRefundFails => {
            wait_until_fulfilled(market, &market.buyers[purchase.buyer], order.id()).await?;
            refund(market, order).await?;
            let accepted = accepted_refund(market, session).await?;
            sandbox.settle_refund(&accepted, "failed").await?;
        }
        FollowUp::OperatorRefunds => sandbox.refund(session, None).await?,
        FollowUp::OperatorRefundsOrder => {
            let body = json!({
                "amount": purchase.total(), "metadata": {"order_id": order.id()},
            });
            sandbox.refund_with(session, body).await?;
        }
        FollowUp::OperatorRefundsPart => {
            sandbox.refund(session, Some(PART)).await?;
            wait_until_fulfilled(market, &market.buyers[purchase.buyer], order.id()).await?;
            return refund(market, order).await;
        }
        FollowUp::PaidTwice => {
            let same = json!({"session": session});
            sandbox.pay_again(session, same).await?;
            return Ok(FULFILLED);
        }
        FollowUp::PaidElsewhere => {
            let other = json!({"session": format!("{FOREIGN}{}", purchase.number)});
            sandbox.pay_again(session, other).await?;
            return Ok(FULFILLED);
        }
        _ => return dispute(market, purchase, session).await,
    }
    Ok(REFUNDED)
}

async fn dispute(
    market: &ChaosMarket,
    purchase: Purchase,
    session: &str,
) -> Result<&'static [&'static str]> {
    let sandbox = &market.sandbox;
    let open = async |body: Value| sandbox.dispute_with(session, body).await;
    match purchase.follow_up {
        FollowUp::Inquiry => {
            let inquiry = open(json!({"status": "warning_needs_response"})).await?;
            sandbox.close_dispute(&inquiry, "warning_closed").await?;
            Ok(FULFILLED)
        }
        FollowUp::DisputesWon => {
            let disputes = [open(json!({"amount": PART})).await?, open(json!({})).await?];
            for dispute in &disputes {
                sandbox.close_dispute(dispute, "won").await?;
            }
            Ok(FULFILLED)
        }
        FollowUp::DisputeOfOrderLost => {
            let dispute = open(json!({"amount": purchase.total()})).await?;
            sandbox.close_dispute(&dispute, "lost").await?;
            Ok(REFUNDED)
        }
        FollowUp::DisputeOfPartLost => {
            let dispute = open(json!({"amount": PART})).await?;
            sandbox.close_dispute(&dispute, "lost").await?;
            Ok(FULFILLED)
        }
        FollowUp::LostThenWon | FollowUp::WonThenLost => {
            let (first, then, ends) = if purchase.follow_up == FollowUp::LostThenWon {
                ("lost", "won", FULFILLED)
            } else {
                ("won", "lost", REFUNDED)
            };
            let dispute = open(json!({})).await?;
            sandbox.close_dispute(&dispute, first).await?;
            // Events have the time in seconds, and networks decide again after weeks.
            sleep(Duration::from_millis(1_100)).await;
            sandbox.decide_again(&dispute, then).await?;
            Ok(ends)
        }
        FollowUp::RefundedAndLost => {
            sandbox.refund(session, None).await?;
            let dispute = open(json!({})).await?;
            sandbox.close_dispute(&dispute, "lost").await?;
            Ok(REFUNDED)
        }
        _ => {
            let won = purchase.follow_up == FollowUp::DisputeWon;
            let dispute = open(json!({})).await?;
            let status = if won { "won" } else { "lost" };
            sandbox.close_dispute(&dispute, status).await?;
            Ok(if won { FULFILLED } else { REFUNDED })
        }
    }
}

/// Waits until the provider has accepted a refund of a session's payment, and returns its id.
async fn accepted_refund(market: &ChaosMarket, session: &str) -> Result<String> {
    let (sandbox, database) = (&market.sandbox, &market.database);
    // The claim of a server that was killed expires after half a minute.
    let wait = Wait::new("a refund to be accepted")
        .timeout(Duration::from_mins(2))
        .interval(Duration::from_millis(200));
    wait.until_some(async || {
        // Those that have failed several times would be retried after an hour.
        retry_refunds(database).await?;
        let statement = sandbox.statement(session).await?;
        let payment = statement["id"].as_str().unwrap_or_default();
        let path = format!("/v1/refunds?payment_intent={payment}");
        // An error is a fault that was meant for the server.
        let Ok(refunds) = sandbox.get(&path).await else {
            return Ok(None);
        };
        let refunds = refunds["data"].as_array().cloned().unwrap_or_default();
        let accepted = refunds
            .iter()
            .find(|refund| matches!(refund["status"].as_str(), Some("pending" | "succeeded")));
        Ok(accepted.and_then(|refund| Some(refund["id"].as_str()?.to_owned())))
    })
    .await
}
