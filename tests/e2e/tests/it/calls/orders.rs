use anyhow::Result;
use serde_json::{Value, json};
use udam_testkit::{Market, weather_listing};

use crate::expect::{assert_answer, assert_fields, assert_id, assert_instant, assert_not_stored};
use crate::scenes::{list, on_sale, with};

#[track_caller]
fn assert_order(order: &Value, expected: &Value) {
    let fields = [
        "id",
        "order_id",
        "listing_id",
        "service_name",
        "units",
        "price_per_unit",
        "total_price",
        "refunded_amount",
        "currency",
        "status",
        "payment_requires_confirmation",
        "payment_url",
        "token_id",
        "expires_at",
        "created_at",
    ];
    assert_fields(order, &fields);
    assert_id(&order["id"], "ord");
    assert_eq!(order["order_id"], order["id"]);
    assert_id(&order["listing_id"], "lst");
    assert_id(&order["token_id"], "tok");
    assert_instant(&order["created_at"]);
    // Without a payment provider no order ever awaits payment.
    assert_eq!(order["payment_requires_confirmation"], false);
    assert_eq!(
        (&order["payment_url"], &order["expires_at"]),
        (&Value::Null, &Value::Null)
    );
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&order[name], value, "{name}");
    }
}

#[tokio::test]
async fn a_small_order_is_fulfilled_at_once() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = on_sale(
        market,
        with(weather_listing(9), [("price_per_unit", json!("0.35"))]),
    )
    .await?;
    let buyer = market.sign_up("buyer").await?;
    let answer = buyer.buy(&listing, 3).await?;
    assert_answer(&answer, 201);
    assert_not_stored(&answer);
    assert_eq!(answer.header("idempotent-replayed"), "");
    let expected = json!({
        "listing_id": listing,
        "service_name": "Weather by the hour",
        "units": 3,
        "price_per_unit": "0.35",
        "total_price": "1.05",
        "refunded_amount": "0.00",
        "currency": "USD",
        "status": "fulfilled",
    });
    assert_order(answer.json(), &expected);
    Ok(())
}

#[tokio::test]
async fn an_order_is_seen_by_its_buyer_and_its_seller() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = on_sale(market, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer").await?;
    let order = buyer.buy(&listing, 1).await?;
    for viewer in [&buyer, &seller] {
        let seen = viewer.get(&format!("/v1/orders/{}", order.id())).await?;
        assert_answer(&seen, 200);
        assert_eq!(seen.json(), order.json());
    }
    let expected = json!({"data": [order.json()], "next_cursor": null});
    for list in [
        buyer.get("/v1/orders").await?,
        seller.get("/v1/me/sales").await?,
    ] {
        assert_answer(&list, 200);
        assert_eq!(list.json(), &expected);
    }
    let nothing = json!({"data": [], "next_cursor": null});
    assert_eq!(seller.get("/v1/orders").await?.json(), &nothing);
    assert_eq!(buyer.get("/v1/me/sales").await?.json(), &nothing);
    Ok(())
}

#[tokio::test]
async fn orders_sales_and_tokens_come_in_pages_the_newest_first() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = on_sale(market, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer").await?;
    let mut orders = Vec::new();
    for _ in 0..5 {
        orders.insert(0, buyer.buy(&listing, 1).await?);
    }
    for (client, path, field) in [
        (&buyer, "/v1/orders", "id"),
        (&seller, "/v1/me/sales", "id"),
        (&buyer, "/v1/tokens", "order_id"),
    ] {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        for size in [2, 2, 1] {
            let page = client.get(&format!("{path}?limit=2{cursor}")).await?;
            assert_eq!(page.items().len(), size, "{path}");
            found.extend(page.items().iter().map(|item| item[field].clone()));
            cursor = format!("&cursor={}", page.text_at("/next_cursor"));
        }
        assert_eq!(cursor, "&cursor=", "{path} goes on after its end");
        assert_eq!(
            found,
            orders
                .iter()
                .map(|order| order["id"].clone())
                .collect::<Vec<_>>(),
            "{path}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_refund_takes_the_order_its_token_and_its_cost_back() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, listing) = on_sale(market, weather_listing(9)).await?;
    let buyer = market.sign_up("buyer").await?;
    let order = buyer.buy(&listing, 2).await?;
    let path = format!("/v1/orders/{}/refund", order.id());
    let answer = seller.post(&path, json!({"return_units": true})).await?;
    assert_answer(&answer, 200);
    assert_order(
        answer.json(),
        &with(order.json().clone(), [("status", json!("refunded"))]),
    );
    // Asking again changes nothing.
    assert_eq!(seller.post_empty(&path).await?.json(), answer.json());
    Ok(())
}

#[tokio::test]
async fn a_seller_may_buy_of_themselves() -> Result<()> {
    let market = Market::shared().await?;
    let seller = market.sign_up("seller").await?;
    let listing = list(&seller, weather_listing(1)).await?;
    assert_answer(&seller.buy(&listing, 1).await?, 201);
    Ok(())
}

#[tokio::test]
async fn a_tab_tells_what_is_owed_and_how_much_may_be() -> Result<()> {
    let buyer = Market::shared().await?.sign_up("buyer").await?;
    let answer = buyer.get("/v1/tab").await?;
    assert_answer(&answer, 200);
    assert_not_stored(&answer);
    assert_eq!(
        answer.json(),
        &json!({"open": "0.00", "limit": "25.00", "currency": "USD"})
    );
    Ok(())
}
