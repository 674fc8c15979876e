//! A provider that is down, slow, or returns garbage.

use anyhow::Result;
use rustix::process::Signal;
use serde_json::{Value, json};
use udam_testkit::{MarketBuilder, Response, Sandbox, wait_for, wait_until};

use crate::assertions::assert_problem;
use crate::paid_market::{PaidMarket, alert_lines, payment_url, session_id};

/// Makes the next calls that open a session fail. The server retries a call once.
fn fail_opening(kind: &str, calls: u32, after_effect: bool) -> Value {
    json!({
        "kind": kind,
        "next": calls,
        "delay_ms": 0,
        "method": "POST",
        "path_prefix": "/v1/checkout/sessions",
        "after_effect": after_effect,
    })
}

/// Places an order whose session cannot be opened, checks that it is kept, and returns it.
async fn place_during_outage(fixture: &PaidMarket, key: &str) -> Result<Response> {
    let before = fixture.available().await?;
    let failed = fixture.buyer.buy_with_key(&fixture.listing, 2, key).await?;
    assert_problem(&failed, 502, "payment_provider_error");
    let path = format!("/v1/orders/{}", failed.text_at("/order_id"));
    let order = fixture.buyer.get(&path).await?;
    assert_eq!(order["status"], "awaiting_payment");
    assert_eq!(order["payment_requires_confirmation"], true);
    assert_eq!(payment_url(&order), "");
    assert_eq!(fixture.available().await?, before - 2);
    Ok(order)
}

/// Repeats the request, which succeeds now, and pays for the order.
async fn retry_and_pay(fixture: &PaidMarket, kept: &Response, key: &str) -> Result<()> {
    let order = fixture.buyer.buy_with_key(&fixture.listing, 2, key).await?;
    assert_eq!(
        (order.status, order.id()),
        (201, kept.id()),
        "{}",
        order.text
    );
    assert_eq!(order.header("idempotent-replayed"), "true");
    assert_ne!(payment_url(&order), "");
    let state = fixture.sandbox.state().await?;
    assert_eq!(state.sessions_for(order.id()).len(), 1);
    fixture.pay(&order).await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    Ok(())
}

#[tokio::test]
async fn an_order_survives_an_outage_and_a_retry_completes_it() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    for kind in ["status_500", "garbage", "timeout"] {
        fixture
            .sandbox
            .inject_fault(fail_opening(kind, 2, false))
            .await?;
        let kept = place_during_outage(&fixture, kind).await?;
        assert!(
            fixture
                .sandbox
                .state()
                .await?
                .sessions_for(kept.id())
                .is_empty()
        );
        retry_and_pay(&fixture, &kept, kind).await?;
    }
    fixture.finish().await
}

#[tokio::test]
async fn a_session_whose_response_was_lost_is_used_later() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    for kind in ["status_500", "garbage", "timeout"] {
        fixture
            .sandbox
            .inject_fault(fail_opening(kind, 2, true))
            .await?;
        let kept = place_during_outage(&fixture, kind).await?;
        let state = fixture.sandbox.state().await?;
        assert_eq!(state.sessions_for(kept.id()).len(), 1);
        retry_and_pay(&fixture, &kept, kind).await?;
    }
    fixture.finish().await
}

#[tokio::test]
async fn a_single_failure_is_retried_unnoticed() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    for kind in ["status_500", "garbage", "timeout"] {
        for after_effect in [false, true] {
            fixture
                .sandbox
                .inject_fault(fail_opening(kind, 1, after_effect))
                .await?;
            let order = fixture.order(1).await?;
            let state = fixture.sandbox.state().await?;
            assert_eq!(state.sessions_for(order.id()).len(), 1, "{kind}");
        }
    }
    fixture.finish().await
}

#[tokio::test]
async fn a_provider_slower_than_the_timeout_opens_one_session() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    // The timeout of a call is ten seconds.
    let fault = json!({
        "kind": "slow",
        "delay_ms": 11_000,
        "method": "POST",
        "path_prefix": "/v1/checkout/sessions",
    });
    fixture.sandbox.inject_fault(fault).await?;
    let kept = place_during_outage(&fixture, "slow").await?;
    wait_until("the provider to open the session", async || {
        let state = fixture.sandbox.state().await?;
        Ok(!state.sessions_for(kept.id()).is_empty())
    })
    .await?;
    retry_and_pay(&fixture, &kept, "slow").await?;
    fixture.finish().await
}

#[tokio::test]
async fn a_failure_repeated_for_the_key_ends_with_the_reservation() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let mut fault = fail_opening("status_500", 1, false);
    fault["kept"] = json!(true);
    fixture.sandbox.inject_fault(fault).await?;
    let kept = place_during_outage(&fixture, "kept").await?;
    fixture.lapse(1).await?;
    fixture.wait_for_status(&kept, "expired").await?;
    assert_eq!(fixture.available().await?, 10);
    let order = fixture.order(2).await?;
    fixture.pay(&order).await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    fixture.finish().await
}

#[tokio::test]
async fn a_sweep_opens_the_session_if_the_buyer_does_not_retry() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    fixture
        .sandbox
        .inject_fault(fail_opening("status_500", 2, false))
        .await?;
    let kept = place_during_outage(&fixture, "forgotten").await?;
    // A sweep leaves the first ten seconds to the request that has placed the order; this skips them.
    let aged = "UPDATE orders SET created_at = created_at - interval '11 s'";
    fixture.market.database.execute(aged).await?;
    let order = wait_for("a payment URL", async || {
        let order = fixture.reload(&kept).await?;
        Ok((!payment_url(&order).is_empty()).then_some(order))
    })
    .await?;
    fixture.pay(&order).await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    fixture.finish().await
}

#[tokio::test]
async fn units_are_released_at_the_lapse_during_an_outage() -> Result<()> {
    let mut fixture = PaidMarket::start().await?;
    let address = fixture.sandbox.address()?;
    fixture.sandbox.stop(Signal::TERM).await?;
    let kept = place_during_outage(&fixture, "down").await?;
    assert_problem(
        &fixture.buyer.check_out(kept.id()).await?,
        502,
        "payment_provider_error",
    );
    fixture.lapse(1).await?;
    fixture.wait_for_status(&kept, "expired").await?;
    assert_eq!(fixture.available().await?, 10);
    // Small orders need no provider.
    let cheap = fixture.publish_cheap("1.00").await?;
    assert_eq!(fixture.buyer.buy(&cheap, 1).await?.status, 201);
    assert_problem(
        &fixture.buyer.post_empty("/v1/tab/checkout").await?,
        502,
        "payment_provider_error",
    );
    // The checkout of the tab comes first, until it lapses.
    fixture.lapse(1).await?;
    let kept = place_during_outage(&fixture, "down again").await?;

    fixture.sandbox = wait_for("the sandbox to start again", async || {
        Ok(Sandbox::start_at(address).await.ok())
    })
    .await?;
    fixture
        .sandbox
        .send_webhooks_to(fixture.market.address(0))
        .await?;
    retry_and_pay(&fixture, &kept, "down again").await?;
    fixture.finish().await
}

#[tokio::test]
async fn units_that_may_still_be_paid_are_held_a_minute_longer_during_an_outage() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let order = fixture.order(4).await?;
    let down = json!({"kind": "status_500", "next": 1_000_000});
    fixture.sandbox.inject_fault(down).await?;
    fixture.lapse(1).await?;
    fixture.wait_for_sweep().await?;
    assert_eq!(fixture.reload(&order).await?["status"], "awaiting_payment");
    assert_eq!(fixture.available().await?, 6);
    fixture.lapse(61).await?;
    fixture.wait_for_status(&order, "expired").await?;
    assert_eq!(fixture.available().await?, 10);

    // The session can still be paid, and then the order is fulfilled.
    fixture.pay(&order).await?;
    fixture.sandbox.clear_faults().await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    assert_eq!(fixture.sandbox.state().await?.net(session_id(&order)), 2800);
    fixture.finish().await
}

#[tokio::test]
async fn a_session_whose_response_was_lost_is_returned_after_the_listing_was_edited() -> Result<()>
{
    let fixture = PaidMarket::start_without_sweeps(MarketBuilder::new(), 10).await?;
    // Both the call and its retry open the session, and neither response arrives.
    let lost = fail_opening("timeout", 2, true);
    fixture.sandbox.inject_fault(lost).await?;
    let kept = place_during_outage(&fixture, "lost").await?;
    let path = format!("/v1/listings/{}", fixture.listing);
    let edit = json!({
        "service_name": "Tides by the minute",
        "description": "Now of the sea.",
        "unit_description": "60 requests",
        "price_per_unit": "9.00",
    });
    fixture.seller.patch(&path, edit).await?;
    let order = fixture.buyer.check_out(kept.id()).await?;
    assert_eq!(order.status, 200, "{}", order.text);
    assert_eq!(order["service_name"], "Tides by the minute");
    let state = fixture.sandbox.state().await?;
    assert_eq!(state.sessions_for(kept.id()).len(), 1);
    retry_and_pay(&fixture, &kept, "lost").await?;
    fixture.finish().await
}

#[tokio::test]
async fn a_provider_that_denies_access_is_reported_once_and_takes_no_units_back() -> Result<()> {
    let mut fixture = PaidMarket::start().await?;
    let order = fixture.order(4).await?;
    fixture.builder = fixture.builder.set("STRIPE_SECRET_KEY", "sk_test_revoked");
    fixture.restart().await?;
    let refused = r#"udam_sweeps_total{outcome="refused""#;
    wait_until("three sweeps to be refused", async || {
        Ok(fixture.market.metric(0, refused).await? >= 3)
    })
    .await?;
    let alerts = alert_lines(&fixture.market.logs());
    assert_eq!(alerts.lines().count(), 1, "{alerts}");
    assert!(alerts.contains("check the secret key"), "{alerts}");
    assert!(!fixture.market.logs().contains("sk_test_revoked"));
    assert_eq!(fixture.completed_sweeps().await?, 0);
    // It cannot be asked whether the session may still be paid.
    fixture.lapse(1).await?;
    let before = fixture.market.metric(0, refused).await?;
    wait_until("another sweep to be refused", async || {
        Ok(fixture.market.metric(0, refused).await? > before + 1)
    })
    .await?;
    assert_eq!(fixture.reload(&order).await?["status"], "awaiting_payment");
    assert_eq!(fixture.available().await?, 6);

    fixture.builder = fixture
        .builder
        .set("STRIPE_SECRET_KEY", udam_testkit::sandbox::API_KEY);
    fixture.restart().await?;
    fixture.clear_claims().await?;
    fixture.wait_for_status(&order, "expired").await?;
    fixture.finish().await
}
