//! `POST /v1/orders/{id}/refund`

use anyhow::Result;
use futures::future::try_join_all;
use serde_json::json;
use udam_testkit::{Market, MarketBuilder, wait_until, weather_listing};

use super::assert_order;
use crate::assertions::{assert_json, assert_problem};
use crate::paid_market::{PaidMarket, session_id};
use crate::setup::{open_tab, publish, seller_with_listing, stock_and_revenue, with_fields};
use crate::webhooks::{buy_and_pay, reveal, wait_for_refund};

pub(crate) const ROUTES: &[&str] = &["POST /v1/orders/{id}/refund"];

#[tokio::test]
async fn a_refund_can_be_repeated() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(market, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer").await?;
    let order = buyer.buy(&listing, 2).await?;
    let path = format!("/v1/orders/{}/refund", order.id());
    let response = seller.post(&path, json!({"return_units": true})).await?;
    assert_json(&response, 200);
    assert_order(
        response.json(),
        &with_fields(order.json().clone(), [("status", json!("refunded"))]),
    );
    // Repeating the request changes nothing.
    assert_eq!(seller.post_empty(&path).await?.json(), response.json());
    Ok(())
}

#[tokio::test]
async fn only_the_seller_can_refund() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let seller = market.sign_up("seller").await?;
    let listing = publish(&seller, weather_listing(10)).await?;
    let (buyer, other) = (
        market.sign_up("buyer").await?,
        market.sign_up("other").await?,
    );
    let order = buyer.buy(&listing, 1).await?;
    for outsider in [&buyer, &other] {
        let response = outsider
            .post_empty(&format!("/v1/orders/{}/refund", order.id()))
            .await?;
        assert_problem(&response, 404, "not_found");
    }
    assert_eq!(open_tab(&buyer).await?, "1.00");
    assert_eq!(stock_and_revenue(&seller).await?, json!([9, 1, "1.00"]));
    Ok(())
}

#[tokio::test]
async fn small_orders_add_to_the_tab_and_refunds_subtract() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let seller = market.sign_up("seller").await?;
    let listing = publish(
        &seller,
        with_fields(weather_listing(10), [("price_per_unit", json!("1.50"))]),
    )
    .await?;
    let buyer = market.sign_up("buyer").await?;
    let first = buyer.buy(&listing, 1).await?;
    let second = buyer.at(market.address(1)).buy(&listing, 3).await?;
    assert_eq!(open_tab(&buyer).await?, "6.00");
    assert_eq!(stock_and_revenue(&seller).await?, json!([6, 4, "6.00"]));

    let kept = seller
        .post_empty(&format!("/v1/orders/{}/refund", first.id()))
        .await?;
    assert_eq!((kept.status, &kept["status"]), (200, &json!("refunded")));
    assert_eq!(open_tab(&buyer).await?, "4.50");
    // The units of the first order stay sold, without revenue.
    assert_eq!(stock_and_revenue(&seller).await?, json!([6, 4, "4.50"]));

    let path = format!("/v1/orders/{}/refund", second.id());
    for _ in 0..2 {
        let returned = seller.post(&path, json!({"return_units": true})).await?;
        assert_eq!(
            (returned.status, &returned["status"]),
            (200, &json!("refunded"))
        );
    }
    assert_eq!(open_tab(&buyer).await?, "0.00");
    assert_eq!(stock_and_revenue(&seller).await?, json!([9, 1, "0.00"]));
    for order in [first, second] {
        let token = order.text_at("/token_id");
        assert_problem(&buyer.reveal(token).await?, 410, "token_revoked");
        let sold = seller.get("/v1/me/sales").await?;
        assert!(
            sold.items()
                .iter()
                .any(|sale| sale["id"] == order["id"] && sale["status"] == "refunded")
        );
    }
    market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn returned_units_make_a_sold_out_listing_active() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let seller = market.sign_up("seller").await?;
    let listing = publish(&seller, weather_listing(1)).await?;
    let (buyer, next) = (
        market.sign_up("buyer").await?,
        market.sign_up("next").await?,
    );
    let order = buyer.buy(&listing, 1).await?;
    let path = format!("/v1/listings/{listing}");
    assert_eq!(buyer.get(&path).await?["status"], "sold_out");
    assert_problem(&next.buy(&listing, 1).await?, 409, "insufficient_units");
    let refund = json!({"return_units": true});
    seller
        .post(&format!("/v1/orders/{}/refund", order.id()), refund)
        .await?;
    assert_eq!(buyer.get(&path).await?["status"], "active");
    assert_eq!(next.buy(&listing, 1).await?.status, 201);
    market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn a_refund_is_sent_once() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let (order, fulfilled) = buy_and_pay(&fixture, 2).await?;
    assert_eq!(reveal(&fixture, &fulfilled).await?.status, 200);
    let path = format!("/v1/orders/{}/refund", order.id());
    for _ in 0..3 {
        let response = fixture
            .seller
            .post(&path, json!({"return_units": true}))
            .await?;
        assert_eq!(
            (response.status, &response["status"]),
            (200, &json!("refunded"))
        );
    }
    // The token is revoked before the refund is sent.
    assert_problem(&reveal(&fixture, &fulfilled).await?, 410, "token_revoked");
    assert_eq!(fixture.available().await?, 10);
    wait_for_refund(&fixture, &order, "14.00").await?;
    fixture.clear_claims().await?;
    fixture.wait_for_sweep().await?;
    let state = fixture.sandbox.state().await?;
    assert_eq!(state.refunds_of(session_id(&order)), [1400]);
    assert_eq!(state.refunds().len(), 1);
    fixture.finish().await
}

#[tokio::test]
async fn a_refund_whose_response_is_lost_is_sent_once() -> Result<()> {
    let kinds = ["status_500", "garbage", "timeout"];
    try_join_all(kinds.map(check_lost_refund)).await.map(drop)
}

async fn check_lost_refund(kind: &str) -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let (order, _) = buy_and_pay(&fixture, 1).await?;
    let fault = json!({
        "kind": kind,
        "next": 2,
        "delay_ms": 0,
        "method": "POST",
        "path_prefix": "/v1/refunds",
        "after_effect": true,
    });
    fixture.sandbox.inject_fault(fault).await?;
    fixture.seller.refund(order.id()).await?;
    wait_until("the refund at the provider", async || {
        Ok(!fixture.sandbox.state().await?.refunds().is_empty())
    })
    .await?;
    let unsent = "SELECT count(*) FROM refunds WHERE sent_at IS NULL";
    wait_until("the refund to be recorded", async || {
        fixture.clear_claims().await?;
        fixture.wait_for_sweep().await?;
        Ok(fixture.market.database.count(unsent).await? == 0)
    })
    .await?;
    let state = fixture.sandbox.state().await?;
    assert_eq!(state.refunds_of(session_id(&order)), [700], "{kind}");
    fixture.finish().await
}

#[tokio::test]
async fn a_refund_after_a_partial_one_of_an_operator_refunds_the_rest() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let (order, _) = buy_and_pay(&fixture, 2).await?;
    fixture
        .sandbox
        .refund(session_id(&order), Some(250))
        .await?;
    wait_for_refund(&fixture, &order, "2.50").await?;
    assert_eq!(fixture.seller.refund(order.id()).await?.status, 200);
    wait_for_refund(&fixture, &order, "14.00").await?;
    let state = fixture.sandbox.state().await?;
    assert_eq!(state.refunds_of(session_id(&order)), [250, 1150]);
    fixture.finish().await
}
