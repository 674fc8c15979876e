//! Orders that await payment hold their units until they are given up or lapse.
//!
//! Nothing can be paid for here, so such orders are put into the database by hand.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Client, Market, MarketBuilder, wait_until, weather_listing};

use crate::expect::{assert_instant, assert_problem};
use crate::scenes::{list, with};

/// A market with one listing and one order of two of its ten units, which lapses after so long.
async fn reserved(lapses: &str) -> Result<(Market, Client, Client, String)> {
    let market = MarketBuilder::new()
        .set("UDAM_RECONCILE_INTERVAL", "1s")
        .start()
        .await?;
    let seller = market.sign_up("seller").await?;
    let listing = list(
        &seller,
        with(weather_listing(10), [("price_per_unit", json!("7.00"))]),
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
async fn a_buyer_gives_an_order_up_and_its_units_come_back() -> Result<()> {
    let (market, seller, buyer, listing) = reserved("10 minutes").await?;
    let orders = buyer.get("/v1/orders").await?;
    let order = &orders.items()[0];
    assert_eq!(order["status"], "awaiting_payment");
    assert_eq!(
        (&order["payment_requires_confirmation"], &order["token_id"]),
        (&json!(true), &json!(null))
    );
    assert_instant(&order["expires_at"]);
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
async fn an_order_that_is_not_paid_in_time_gives_its_units_back_by_itself() -> Result<()> {
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
