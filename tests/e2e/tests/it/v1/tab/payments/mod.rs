//! `GET /v1/tab/payments`

pub(crate) mod orders;

use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::{Client, Response, wait_for};

use crate::assertions::{assert_fields, assert_json, assert_no_store, assert_pages_of};
use crate::paid_market::{PaidMarket, buy_on_tab, payment_url};

pub(crate) const ROUTES: &[&str] = &["GET /v1/tab/payments"];

/// Pays the tab of a buyer alone, and returns the payments once this one is among them.
pub(crate) async fn pay_tab(fixture: &PaidMarket, buyer: &Client) -> Result<Response> {
    let before = buyer.get("/v1/tab/payments").await?;
    let page = buyer.post_empty("/v1/tab/checkout").await?;
    fixture.sandbox.press(payment_url(&page), "pay").await?;
    wait_for("the payment", async || {
        let now = buyer.get("/v1/tab/payments").await?;
        Ok((now.items().len() > before.items().len()).then_some(now))
    })
    .await
}

#[tokio::test]
async fn payments_of_a_tab_are_listed_alone_and_with_an_order() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let cheap = fixture.publish_cheap("1.50").await?;
    buy_on_tab(&fixture.buyer, &cheap, 2).await?;
    let alone = pay_tab(&fixture, &fixture.buyer).await?;
    assert_json(&alone, 200);
    assert_no_store(&alone);
    let fields = ["id", "order_id", "amount", "total", "currency", "paid_at"];
    assert_fields(&alone.items()[0], &fields);
    assert_eq!(alone.items()[0]["order_id"], Value::Null);
    assert_eq!(alone.items()[0]["amount"], "3.00");

    // A payment of an order without a tab is none of the tab.
    fixture.buy_and_pay(1).await?;
    buy_on_tab(&fixture.buyer, &cheap, 1).await?;
    let order = fixture.buy_and_pay(1).await?;
    let both = fixture.buyer.get("/v1/tab/payments").await?;
    let [newest, oldest] = both.items() else {
        panic!("{}", both.text)
    };
    assert_eq!(oldest, &alone.items()[0]);
    assert_eq!(newest["order_id"], order.id());
    assert_eq!(
        (&newest["amount"], &newest["total"]),
        (&json!("1.50"), &json!("8.50"))
    );
    assert_eq!(newest["paid_at"], order["paid_at"]);
    fixture.finish().await
}

#[tokio::test]
async fn payments_of_a_tab_come_in_pages_the_newest_first() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let cheap = fixture.publish_cheap("0.50").await?;
    let mut payments = Vec::new();
    for _ in 0..5 {
        buy_on_tab(&fixture.buyer, &cheap, 1).await?;
        let paid = pay_tab(&fixture, &fixture.buyer).await?;
        payments.insert(0, paid.items()[0]["id"].clone());
    }
    assert_pages_of(&fixture.buyer, "/v1/tab/payments", "id", &payments).await?;
    fixture.finish().await
}
