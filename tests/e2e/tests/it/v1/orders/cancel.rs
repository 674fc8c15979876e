//! `POST /v1/orders/{id}/cancel`

use anyhow::Result;
use udam_testkit::{Market, wait_until, weather_listing};

use crate::assertions::assert_problem;
use crate::paid_market::{PaidMarket, payment_url, session_id};
use crate::setup::seller_with_listing;

pub(crate) const ROUTES: &[&str] = &["POST /v1/orders/{id}/cancel"];

#[tokio::test]
async fn a_canceled_order_releases_its_units_and_cannot_be_paid() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let order = fixture.order(4).await?;
    let canceled = fixture.buyer.cancel(order.id());
    assert_eq!(canceled.await?["status"], "canceled");
    assert_eq!(fixture.available().await?, 10);
    wait_until("the session to expire", async || {
        let state = fixture.sandbox.state().await?;
        Ok(state.sessions()[0]["status"] == "expired")
    })
    .await?;
    assert_eq!(
        fixture
            .sandbox
            .press(payment_url(&order), "pay")
            .await?
            .status,
        410
    );
    assert_eq!(fixture.reload(&order).await?["status"], "canceled");
    fixture.finish().await
}

#[tokio::test]
async fn a_canceled_order_that_is_paid_late_is_fulfilled_or_refunded() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let (first, second) = (fixture.order(4).await?, fixture.order(5).await?);
    for order in [&first, &second] {
        let canceled = fixture.buyer.cancel(order.id());
        assert_eq!(canceled.await?.status, 200);
    }
    fixture.wait_for_sweep().await?;
    fixture.sandbox.pay_late(session_id(&first)).await?;
    fixture.wait_for_status(&first, "fulfilled").await?;
    assert_eq!(fixture.available().await?, 6);
    let other = fixture.order(2).await?;
    fixture.sandbox.pay_late(session_id(&second)).await?;
    fixture.wait_for_status(&second, "refunded").await?;
    assert_eq!(fixture.available().await?, 4);
    fixture.pay(&other).await?;
    fixture.wait_for_status(&other, "fulfilled").await?;
    fixture.finish().await
}

#[tokio::test]
async fn a_fulfilled_order_cannot_be_canceled() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(3)).await?;
    let buyer = market.sign_up("buyer").await?;
    let order = buyer.buy(&listing, 1).await?;
    let cancel = format!("/v1/orders/{}/cancel", order.id());
    let response = buyer.post_empty(&cancel).await?;
    assert_problem(&response, 409, "invalid_state");
    assert!(
        response.text_at("/detail").contains("fulfilled"),
        "{}",
        response.text
    );
    seller
        .post_empty(&format!("/v1/orders/{}/refund", order.id()))
        .await?;
    assert_problem(&buyer.post_empty(&cancel).await?, 409, "invalid_state");
    Ok(())
}
