//! `GET /v1/tab/payments/{id}/orders`

use anyhow::Result;
use serde_json::Value;

use super::pay_tab;
use crate::assertions::{assert_pages_of, assert_problem};
use crate::paid_market::{PaidMarket, buy_on_tab, session_id};

pub(crate) const ROUTES: &[&str] = &["GET /v1/tab/payments/{id}/orders"];

#[tokio::test]
async fn the_orders_that_a_payment_has_cleared_come_in_pages() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let cheap = fixture.publish_cheap("0.50").await?;
    let mut orders = Vec::new();
    for _ in 0..5 {
        let order = buy_on_tab(&fixture.buyer, &cheap, 1).await?;
        orders.insert(0, order["id"].clone());
    }
    let paid = pay_tab(&fixture, &fixture.buyer).await?;
    let path = format!("/v1/tab/payments/{}/orders", paid.text_at("/data/0/id"));
    // Refunded later, it was paid all the same.
    assert_eq!(
        fixture
            .seller
            .refund(orders[2].as_str().unwrap())
            .await?
            .status,
        200
    );
    assert_pages_of(&fixture.buyer, &path, "id", &orders).await?;
    let items = fixture.buyer.get(&path).await?;
    let paid_at = &paid.items()[0]["paid_at"];
    assert!(
        items
            .items()
            .iter()
            .all(|order| &order["paid_at"] == paid_at)
    );
    for other in [&fixture.seller, &fixture.market.sign_up("other").await?] {
        assert_problem(&other.get(&path).await?, 404, "not_found");
    }
    fixture.finish().await
}

#[tokio::test]
async fn a_payment_that_has_not_arrived_has_no_orders() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let cheap = fixture.publish_cheap("1.50").await?;
    buy_on_tab(&fixture.buyer, &cheap, 2).await?;
    let checkout = fixture.buyer.post_empty("/v1/tab/checkout").await?;
    let session = format!("/v1/checkout/sessions/{}", session_id(&checkout));
    let session = fixture.sandbox.get(&session).await?;
    let id = session["metadata"]["charge_id"].as_str().unwrap();
    let path = format!("/v1/tab/payments/{id}/orders");
    assert_problem(&fixture.buyer.get(&path).await?, 404, "not_found");
    let none = fixture.buyer.get("/v1/tab/payments").await?;
    assert_eq!(none.items(), Vec::<Value>::new());
    fixture.finish().await
}
