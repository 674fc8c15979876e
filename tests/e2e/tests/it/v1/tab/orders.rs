//! `GET /v1/tab/orders`

use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::{Client, Response};

use crate::assertions::{assert_fields, assert_json, assert_no_store, assert_pages_of};
use crate::paid_market::{PaidMarket, buy_on_tab};

pub(crate) const ROUTES: &[&str] = &["GET /v1/tab/orders"];

/// An amount in cents.
fn cents(amount: &Value) -> i64 {
    amount.as_str().unwrap().replace('.', "").parse().unwrap()
}

/// The orders on the tab, whose amounts sum to it.
async fn on_tab(buyer: &Client) -> Result<Response> {
    let tab = buyer.get("/v1/tab").await?;
    let orders = buyer.get("/v1/tab/orders?limit=100").await?;
    assert_json(&orders, 200);
    assert_no_store(&orders);
    let sum: i64 = orders
        .items()
        .iter()
        .map(|item| cents(&item["amount"]))
        .sum();
    assert_eq!(sum, cents(&tab["open"]), "{}", orders.text);
    Ok(orders)
}

#[tokio::test]
async fn a_tab_is_itemised_over_the_life_of_its_orders() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let (buyer, seller) = (&fixture.buyer, &fixture.seller);
    assert_eq!(on_tab(buyer).await?.items(), Vec::<Value>::new());
    let cheap = fixture.publish_cheap("1.50").await?;
    let first = buy_on_tab(buyer, &cheap, 2).await?;
    let second = buy_on_tab(buyer, &cheap, 1).await?;
    let items = on_tab(buyer).await?;
    let fields = [
        "order_id",
        "listing_id",
        "service_name",
        "units",
        "amount",
        "currency",
        "created_at",
        "included_in",
    ];
    assert_fields(&items.items()[0], &fields);
    let expected = json!([second.id(), first.id()]);
    let ids = |items: &Response| -> Value {
        let ids = items.items().iter().map(|item| item["order_id"].clone());
        ids.collect()
    };
    assert_eq!(ids(&items), expected);
    assert_eq!(items.items()[1]["amount"], "3.00");

    // A refunded order is off the tab.
    assert_eq!(seller.refund(second.id()).await?.status, 200);
    assert_eq!(ids(&on_tab(buyer).await?), json!([first.id()]));

    // A payment includes what was on the tab when it was opened, and leaves what came later.
    let order = fixture.order(1).await?;
    let later = buy_on_tab(buyer, &cheap, 1).await?;
    let items = on_tab(buyer).await?;
    assert_eq!(ids(&items), json!([later.id(), first.id()]));
    let included = |number: usize| items.items()[number]["included_in"].clone();
    assert_eq!(included(0), Value::Null);
    assert_eq!(included(1), json!({"order_id": order.id()}));

    // A canceled payment includes nothing.
    assert_eq!(buyer.cancel(order.id()).await?.status, 200);
    let items = on_tab(buyer).await?;
    assert_eq!(items.items().len(), 2);
    assert!(
        items
            .items()
            .iter()
            .all(|item| item["included_in"].is_null())
    );

    let order = fixture.order(1).await?;
    fixture.pay(&order).await?;
    fixture.wait_for_status(&order, "fulfilled").await?;
    assert_eq!(on_tab(buyer).await?.items(), Vec::<Value>::new());
    // A paid order has the time of its payment, and has left the tab.
    for paid in [&order, &first, &later] {
        assert!(fixture.reload(paid).await?["paid_at"].is_string());
    }
    assert_eq!(fixture.reload(&second).await?["paid_at"], Value::Null);
    fixture.finish().await
}

#[tokio::test]
async fn orders_on_a_tab_come_in_pages_the_newest_first() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let cheap = fixture.publish_cheap("0.50").await?;
    let mut orders = Vec::new();
    for _ in 0..5 {
        let order = buy_on_tab(&fixture.buyer, &cheap, 1).await?;
        orders.insert(0, order["id"].clone());
    }
    assert_pages_of(&fixture.buyer, "/v1/tab/orders", "order_id", &orders).await?;
    let stranger = fixture.market.sign_up("stranger").await?;
    let none = stranger.get("/v1/tab/orders").await?;
    assert_eq!(none.json(), &json!({"data": [], "next_cursor": null}));
    fixture.finish().await
}
