//! Refunds that an operator makes in the provider's dashboard.

use anyhow::Result;

use super::{buy_and_pay, reveal, wait_for_refund};
use crate::assertions::assert_problem;
use crate::paid_market::{PaidMarket, buy_on_tab, session_id};

#[tokio::test]
async fn a_full_refund_revokes_the_token_and_is_not_repeated() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let (order, fulfilled) = buy_and_pay(&fixture, 2).await?;
    fixture.sandbox.refund(session_id(&order), None).await?;
    let refunded = fixture.wait_for_status(&order, "refunded").await?;
    assert_eq!(refunded["refunded_amount"], "14.00");
    assert_problem(&reveal(&fixture, &fulfilled).await?, 410, "token_revoked");
    // A refund of the seller has no effect any more.
    assert_eq!(fixture.seller.refund(order.id()).await?.status, 200);
    fixture.wait_for_sweep().await?;
    assert_eq!(
        fixture
            .sandbox
            .state()
            .await?
            .refunds_of(session_id(&order)),
        [1400]
    );
    // The units stay sold, because the buyer may have used them.
    assert_eq!(fixture.available().await?, 8);
    fixture.finish().await
}

#[tokio::test]
async fn a_partial_refund_is_shown_and_keeps_the_token() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let (order, fulfilled) = buy_and_pay(&fixture, 2).await?;
    fixture
        .sandbox
        .refund(session_id(&order), Some(250))
        .await?;
    wait_for_refund(&fixture, &order, "2.50").await?;
    let now = fixture.reload(&order).await?;
    assert_eq!(now["status"], "fulfilled");
    assert_eq!(reveal(&fixture, &fulfilled).await?.status, 200);
    let sold = fixture
        .seller
        .get(&format!("/v1/orders/{}", order.id()))
        .await?;
    assert_eq!(sold["refunded_amount"], "2.50");
    fixture.market.verify().await?;

    // Two partial refunds that add up to the total count as a full one.
    fixture
        .sandbox
        .refund(session_id(&order), Some(1150))
        .await?;
    fixture.wait_for_status(&order, "refunded").await?;
    assert_problem(&reveal(&fixture, &fulfilled).await?, 410, "token_revoked");
    fixture.finish().await
}

#[tokio::test]
async fn a_full_refund_of_a_charge_refunds_the_small_orders_it_carried() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let cheap = fixture.publish_cheap("1.50").await?;
    let small = buy_on_tab(&fixture.buyer, &cheap, 2).await?;
    let (order, _) = buy_and_pay(&fixture, 1).await?;
    fixture.sandbox.refund(session_id(&order), None).await?;
    fixture.wait_for_status(&order, "refunded").await?;
    fixture.wait_for_status(&small, "refunded").await?;
    assert_problem(&reveal(&fixture, &small).await?, 410, "token_revoked");
    assert_eq!(fixture.tab().await?, "0.00");
    fixture.finish().await
}
