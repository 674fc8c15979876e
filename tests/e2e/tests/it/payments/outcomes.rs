//! Outcomes of orders that await payment.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{MarketBuilder, wait_until};

use crate::assertions::{assert_id, assert_problem, assert_timestamp};
use crate::paid_market::{PaidMarket, payment_url, place_unpaid, session_id, wait_for_status};

#[tokio::test]
async fn a_paid_order_is_fulfilled() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let order = fixture.order(3).await?;
    assert_eq!(order["total_price"], "21.00");
    assert_eq!(order["payment_requires_confirmation"], true);
    assert_eq!(order["token_id"], json!(null));
    assert_timestamp(&order["expires_at"]);
    // The units are held before the payment.
    assert_eq!(fixture.available().await?, 7);

    let paid = fixture.sandbox.press(payment_url(&order), "pay").await?;
    assert_eq!(paid.status, 303);
    let back = format!("http://market.example.com/orders/{}/paid", order.id());
    assert!(paid.header("location").starts_with(&back));
    let fulfilled = fixture.wait_for_status(&order, "fulfilled").await?;
    assert_id(&fulfilled["token_id"], "tok");
    assert_eq!(fulfilled["payment_requires_confirmation"], false);
    assert_eq!(
        (&fulfilled["payment_url"], &fulfilled["expires_at"]),
        (&json!(null), &json!(null))
    );
    let opened = fixture.buyer.reveal(fulfilled.text_at("/token_id")).await?;
    assert_eq!(opened["api_key"], "sk-weather-1");
    assert_eq!(fixture.available().await?, 7);
    assert_eq!(fixture.sandbox.state().await?.net(session_id(&order)), 2100);
    // It cannot be paid again.
    assert_eq!(
        fixture
            .sandbox
            .press(payment_url(&order), "pay")
            .await?
            .status,
        409
    );
    fixture.finish().await
}

#[tokio::test]
async fn a_declined_order_can_be_paid_again() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let order = fixture.order(1).await?;
    let declined = fixture
        .sandbox
        .press(payment_url(&order), "decline")
        .await?;
    assert_eq!(declined.status, 303);
    fixture.wait_for_sweep().await?;
    let still = fixture.reload(&order).await?;
    assert_eq!(still.json(), order.json());
    assert_eq!(fixture.available().await?, 9);
    fixture.pay(&order).await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    fixture.finish().await
}

#[tokio::test]
async fn an_abandoned_order_expires_at_the_provider_and_releases_its_units() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let order = fixture.order(4).await?;
    assert_eq!(fixture.available().await?, 6);
    fixture.lapse(1).await?;
    let expired = fixture.wait_for_status(&order, "expired").await?;
    assert_eq!(
        (
            &expired["payment_url"],
            &expired["payment_requires_confirmation"]
        ),
        (&json!(null), &json!(false))
    );
    assert_eq!(fixture.available().await?, 10);
    // The page cannot be paid on any more.
    assert_eq!(
        fixture
            .sandbox
            .press(payment_url(&order), "pay")
            .await?
            .status,
        410
    );
    let again = fixture.buyer.check_out(order.id());
    assert_problem(&again.await?, 409, "invalid_state");
    fixture.finish().await
}

#[tokio::test]
async fn a_session_that_the_provider_expires_expires_the_order() -> Result<()> {
    let fixture = PaidMarket::start_without_sweeps(MarketBuilder::new(), 10).await?;
    let order = fixture.order(4).await?;
    assert_eq!(
        fixture
            .sandbox
            .press(payment_url(&order), "expire")
            .await?
            .status,
        303
    );
    fixture.wait_for_status(&order, "expired").await?;
    assert_eq!(fixture.available().await?, 10);
    fixture.finish().await
}

#[tokio::test]
async fn a_late_payment_fulfils_an_expired_order_while_units_remain() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let order = fixture.order(4).await?;
    fixture.lapse(1).await?;
    fixture.wait_for_status(&order, "expired").await?;
    fixture.sandbox.pay_late(session_id(&order)).await?;
    let late = fixture.wait_for_status(&order, "fulfilled").await?;
    assert_eq!(fixture.available().await?, 6);
    let opened = fixture.buyer.reveal(late.text_at("/token_id")).await?;
    assert_eq!(opened.status, 200);
    fixture.finish().await
}

#[tokio::test]
async fn a_late_payment_is_refunded_once_if_no_units_remain() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let order = fixture.order(4).await?;
    fixture.lapse(1).await?;
    fixture.wait_for_status(&order, "expired").await?;
    // Seven of ten units are sold before the payment.
    let other = fixture.market.sign_up("other").await?;
    let quicker = place_unpaid(&other, &fixture.listing, 7).await?;
    fixture.pay(&quicker).await?;
    wait_for_status(&other, &quicker, "fulfilled").await?;

    fixture.sandbox.pay_late(session_id(&order)).await?;
    let late = fixture.wait_for_status(&order, "refunded").await?;
    assert_eq!(late["token_id"], json!(null));
    assert_eq!(fixture.available().await?, 3);
    let refunds = async || {
        let state = fixture.sandbox.state().await?;
        anyhow::Ok(state.refunds_of(session_id(&order)))
    };
    wait_until("the refund", async || Ok(!refunds().await?.is_empty())).await?;
    // Later sweeps do not refund again.
    fixture.clear_claims().await?;
    fixture.wait_for_sweep().await?;
    assert_eq!(refunds().await?, [2800]);
    wait_until("the refund to be shown", async || {
        Ok(fixture.reload(&order).await?["refunded_amount"] == "28.00")
    })
    .await?;
    fixture.finish().await
}

#[tokio::test]
async fn a_payment_during_the_lapse_fulfils_the_order() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let order = fixture.order(4).await?;
    // The provider fails to expire the session, so that it can still be paid.
    let fault = json!({
        "kind": "status_500",
        "next": 1000,
        "method": "POST",
        "path_prefix": format!("/v1/checkout/sessions/{}/expire", session_id(&order)),
    });
    fixture.sandbox.inject_fault(fault).await?;
    fixture.lapse(1).await?;
    fixture.wait_for_sweep().await?;
    // The units stay held while they may be paid for.
    assert_eq!(fixture.available().await?, 6);
    fixture.pay(&order).await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    assert_eq!(fixture.available().await?, 6);
    fixture.finish().await
}

#[tokio::test]
async fn a_successful_async_payment_fulfils_the_order() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let order = fixture.order(2).await?;
    fixture.sandbox.pay_async(session_id(&order)).await?;
    // The payment is pending, so the lapse must not release the units.
    fixture.lapse(1).await?;
    fixture.wait_for_sweep().await?;
    assert_eq!(fixture.reload(&order).await?["status"], "awaiting_payment");
    assert_eq!(fixture.available().await?, 8);
    fixture
        .sandbox
        .settle_async(session_id(&order), true)
        .await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    fixture.finish().await
}

#[tokio::test]
async fn a_failed_async_payment_cancels_the_order() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let order = fixture.order(2).await?;
    fixture.sandbox.pay_async(session_id(&order)).await?;
    fixture.wait_for_sweep().await?;
    fixture
        .sandbox
        .settle_async(session_id(&order), false)
        .await?;
    fixture.wait_for_status(&order, "canceled").await?;
    assert_eq!(fixture.available().await?, 10);
    fixture.finish().await
}
