//! A market without a payment provider rejects what needs one; unpaid orders are inserted by hand.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Client, Market, MarketBuilder, wait_until, weather_listing};

use crate::assertions::{assert_problem, assert_timestamp};
use crate::setup::{publish, seller_with_listing, with_fields};

#[tokio::test]
async fn an_order_that_is_not_small_is_rejected_and_holds_no_units() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, weather_listing(10)).await?;
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
async fn a_tab_accepts_orders_up_to_its_limit_to_the_cent() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = seller_with_listing(
        market,
        with_fields(weather_listing(10), [("price_per_unit", json!("4.99"))]),
    )
    .await?;
    let cent = publish(
        &seller,
        with_fields(weather_listing(10), [("price_per_unit", json!("0.01"))]),
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
    // After a refund there is room on the tab again.
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
async fn checkout_and_webhooks_are_unavailable() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, weather_listing(10)).await?;
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

/// A market with a listing of ten units and an order of two of them, which lapses after this interval.
async fn reserved(lapses: &str) -> Result<(Market, Client, Client, String)> {
    let market = MarketBuilder::new()
        .set("UDAM_RECONCILE_INTERVAL", "1s")
        .start()
        .await?;
    let seller = market.sign_up("seller").await?;
    let listing = publish(
        &seller,
        with_fields(weather_listing(10), [("price_per_unit", json!("7.00"))]),
    )
    .await?;
    let buyer = market.sign_up("buyer").await?;
    let order = format!(
        "BEGIN;
         UPDATE listing_stock SET available = available - 2, held = held + 2;
         INSERT INTO orders (
             id, buyer_id, seller_id, listing_id, units, price_minor, total_minor, currency, route,
             state, lapses_at, created_at
         )
         SELECT gen_random_uuid(), a.id, l.seller_id, l.id, 2, 700, 1400, 'USD', 'checkout',
             'awaiting_payment', now() + interval '{lapses}', now()
         FROM listings l JOIN accounts a ON a.id <> l.seller_id;
         COMMIT"
    );
    market.database.execute(&order).await?;
    Ok((market, seller, buyer, listing))
}

#[tokio::test]
async fn canceling_an_order_releases_its_units() -> Result<()> {
    let (market, seller, buyer, listing) = reserved("10 minutes").await?;
    let orders = buyer.get("/v1/orders").await?;
    let order = &orders.items()[0];
    assert_eq!(order["status"], "awaiting_payment");
    assert_eq!(
        (&order["payment_requires_confirmation"], &order["token_id"]),
        (&json!(true), &json!(null))
    );
    assert_timestamp(&order["expires_at"]);
    let id = order["id"].as_str().unwrap();
    assert_problem(
        &seller
            .post_empty(&format!("/v1/orders/{id}/refund"))
            .await?,
        409,
        "invalid_state",
    );

    let cancel = format!("/v1/orders/{id}/cancel");
    for _ in 0..2 {
        let canceled = buyer.post_empty(&cancel).await?;
        assert_eq!(
            (canceled.status, &canceled["status"]),
            (200, &json!("canceled"))
        );
        assert_eq!(
            (
                &canceled["payment_requires_confirmation"],
                &canceled["expires_at"]
            ),
            (&json!(false), &json!(null))
        );
    }
    let shown = buyer.get(&format!("/v1/listings/{listing}")).await?;
    assert_eq!(shown["available_units"], 10);
    market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn an_order_that_is_not_paid_in_time_releases_its_units() -> Result<()> {
    let (market, seller, buyer, listing) = reserved("-1 second").await?;
    let path = format!("/v1/listings/{listing}");
    wait_until("the reservation to lapse", async || {
        Ok(seller.get(&path).await?["available_units"] == 10)
    })
    .await?;
    let orders = buyer.get("/v1/orders").await?;
    assert_eq!(orders.items()[0]["status"], "expired");
    let cancel = format!("/v1/orders/{}/cancel", orders.text_at("/data/0/id"));
    assert_problem(&buyer.post_empty(&cancel).await?, 409, "invalid_state");
    market.verify().await?;
    Ok(())
}
