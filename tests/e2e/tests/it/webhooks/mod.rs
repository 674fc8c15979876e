//! Events that the provider reports.

mod after_payment;
mod concurrent;
mod disputes;
mod mismatches;
mod odd_events;
mod refunds;

use anyhow::Result;
use udam_testkit::{Response, wait_until};

use crate::paid_market::PaidMarket;

/// Waits until an order shows this refunded amount.
pub(crate) async fn wait_for_refund(
    fixture: &PaidMarket,
    order: &Response,
    amount: &str,
) -> Result<()> {
    wait_until("the refund to be shown", async || {
        Ok(fixture.reload(order).await?["refunded_amount"] == amount)
    })
    .await
}

/// Places an order and pays for it; returns it as placed, and as fulfilled.
pub(crate) async fn buy_and_pay(fixture: &PaidMarket, units: u32) -> Result<(Response, Response)> {
    let order = fixture.order(units).await?;
    fixture.pay(&order).await?;
    let fulfilled = fixture.wait_for_status(&order, "fulfilled").await?;
    Ok((order, fulfilled))
}

pub(crate) async fn reveal(fixture: &PaidMarket, order: &Response) -> Result<Response> {
    fixture.buyer.reveal(order.text_at("/token_id")).await
}
