//! This marketplace has no payment provider: whatever needs one is turned away, and holds nothing.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Market, MarketBuilder, weather_listing};

use crate::expect::assert_problem;
use crate::scenes::{list, on_sale, with};

#[tokio::test]
async fn an_order_that_is_not_small_needs_a_payment_and_holds_nothing() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = on_sale(market, weather_listing(10)).await?;
    let buyer = market.sign_up("buyer").await?;
    assert_problem(&buyer.buy(&listing, 5).await?, 503, "payments_unavailable");
    assert_eq!(
        buyer.get(&format!("/v1/listings/{listing}")).await?["available_units"],
        10
    );
    assert!(buyer.get("/v1/orders").await?.items().is_empty());
    assert_eq!(buyer.get("/v1/tab").await?["open"], "0.00");
    assert_eq!(buyer.buy(&listing, 4).await?.status, 201);
    Ok(())
}

#[tokio::test]
async fn a_tab_bears_orders_up_to_its_limit_and_to_the_cent() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = on_sale(
        market,
        with(weather_listing(10), [("price_per_unit", json!("4.99"))]),
    )
    .await?;
    let cent = list(
        &seller,
        with(weather_listing(10), [("price_per_unit", json!("0.01"))]),
    )
    .await?;
    let buyer = market.sign_up("buyer").await?;
    for _ in 0..5 {
        assert_eq!(buyer.buy(&listing, 1).await?.status, 201);
    }
    assert_eq!(buyer.get("/v1/tab").await?["open"], "24.95");
    assert_problem(&buyer.buy(&listing, 1).await?, 503, "payments_unavailable");
    assert_problem(&buyer.buy(&cent, 6).await?, 503, "payments_unavailable");
    assert_eq!(buyer.buy(&cent, 5).await?.status, 201);
    assert_eq!(buyer.get("/v1/tab").await?["open"], "25.00");
    assert_problem(&buyer.buy(&cent, 1).await?, 503, "payments_unavailable");
    // A refund makes room again.
    let orders = buyer.get("/v1/orders").await?;
    let order = orders.items()[1]["id"].as_str().unwrap();
    assert_eq!(
        seller
            .post_empty(&format!("/v1/orders/{order}/refund"))
            .await?
            .status,
        200
    );
    assert_eq!(buyer.buy(&listing, 1).await?.status, 201);
    Ok(())
}

#[tokio::test]
async fn the_limits_are_the_operator_s() -> Result<()> {
    let opening = MarketBuilder::new()
        .set("UDAM_SMALL_ORDER_LIMIT", "2.00")
        .set("UDAM_TAB_LIMIT", "3.00");
    let market = opening.start().await?;
    let (_seller, listing) = on_sale(&market, weather_listing(10)).await?;
    let buyer = market.sign_up("buyer").await?;
    assert_problem(&buyer.buy(&listing, 2).await?, 503, "payments_unavailable");
    for _ in 0..3 {
        assert_eq!(buyer.buy(&listing, 1).await?.status, 201);
    }
    assert_problem(&buyer.buy(&listing, 1).await?, 503, "payments_unavailable");
    let tab = buyer.get("/v1/tab").await?;
    assert_eq!(
        tab.json(),
        &json!({"open": "3.00", "limit": "3.00", "currency": "USD"})
    );
    Ok(())
}

#[tokio::test]
async fn there_is_nowhere_to_pay() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = on_sale(market, weather_listing(10)).await?;
    let buyer = market.sign_up("buyer").await?;
    let order = buyer.buy(&listing, 1).await?;
    let checkout = format!("/v1/orders/{}/checkout", order.id());
    assert_problem(
        &buyer.post_empty(&checkout).await?,
        503,
        "payments_unavailable",
    );
    assert_problem(
        &buyer.post_empty("/v1/tab/checkout").await?,
        503,
        "payments_unavailable",
    );
    let event = json!({"id": "evt_1", "type": "checkout.session.completed"});
    let webhook = market.client()?.post("/v1/webhooks/stripe", event).await?;
    assert_problem(&webhook, 503, "payments_unavailable");
    Ok(())
}
