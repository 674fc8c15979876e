//! `udam verify` proves the books, and names what does not fit.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Client, Market, MarketBuilder, weather_listing};

use crate::scenes::{list, with};

/// A market with two sellers of a listing each, and a buyer with an order of each.
struct Trade {
    market: Market,
    buyer: Client,
    listings: [String; 2],
    orders: [String; 2],
}

async fn trade() -> Result<Trade> {
    let market = MarketBuilder::new().start().await?;
    let seller = market.sign_up("seller").await?;
    let tides = list(
        &seller,
        with(weather_listing(10), [("service_name", json!("Tides"))]),
    )
    .await?;
    let maps = list(
        &seller,
        with(weather_listing(10), [("service_name", json!("Maps"))]),
    )
    .await?;
    let buyer = market.sign_up("buyer").await?;
    let mut orders = Vec::new();
    for listing in [&tides, &maps] {
        orders.push(buyer.buy(listing, 2).await?.id().to_owned());
    }
    let refunded = buyer.buy(&maps, 1).await?;
    seller
        .post(
            &format!("/v1/orders/{}/refund", refunded.id()),
            json!({"return_units": true}),
        )
        .await?;
    let orders = orders.try_into().unwrap();
    Ok(Trade {
        market,
        buyer,
        listings: [tides, maps],
        orders,
    })
}

impl Trade {
    async fn assert_found(&self, tampering: &str, subject: &str) -> Result<()> {
        assert_eq!(self.market.verify().await?, "The books balance.\n");
        self.market.database.execute(tampering).await?;
        let finished = self.market.run(&["verify"]).await?;
        assert_eq!(finished.code, Some(1), "{}", finished.stderr);
        let rows: Vec<_> = finished.stdout.lines().collect();
        assert!(
            rows.len() == 1 && rows[0].starts_with(subject),
            "no {subject} in {rows:?}"
        );
        Ok(())
    }
}

const TIDES: &str = "(SELECT id FROM listings WHERE service_name = 'Tides')";

#[tokio::test]
async fn units_that_appear_or_vanish_are_found() -> Result<()> {
    let trade = trade().await?;
    let tampering = format!(
        "UPDATE listing_stock SET available = available + 1, listed = listed + 1
         WHERE listing_id = {TIDES}"
    );
    trade
        .assert_found(&tampering, &format!("listing {}: ", trade.listings[0]))
        .await
}

#[tokio::test]
async fn units_that_were_sold_off_the_books_are_found() -> Result<()> {
    let trade = trade().await?;
    let tampering = format!(
        "UPDATE listing_stock SET available = available - 1, sold = sold + 1
         WHERE listing_id = {TIDES}"
    );
    trade
        .assert_found(&tampering, &format!("listing {}: ", trade.listings[0]))
        .await
}

#[tokio::test]
async fn revenue_that_no_order_explains_is_found() -> Result<()> {
    let trade = trade().await?;
    let tampering = format!(
        "UPDATE listing_stock SET revenue_minor = revenue_minor + 1 WHERE listing_id = {TIDES}"
    );
    trade
        .assert_found(&tampering, &format!("listing {}: ", trade.listings[0]))
        .await
}

#[tokio::test]
async fn a_stock_that_is_gone_is_found() -> Result<()> {
    let trade = trade().await?;
    let tampering = format!("DELETE FROM listing_stock WHERE listing_id = {TIDES}");
    trade
        .assert_found(&tampering, &format!("listing {}: ", trade.listings[0]))
        .await
}

#[tokio::test]
async fn a_tab_that_its_orders_do_not_come_to_is_found() -> Result<()> {
    let trade = trade().await?;
    // A listing of one's own tells one's account.
    let own = trade.buyer.publish(weather_listing(0)).await?;
    let subject = format!("account {}: ", own.text_at("/seller/id"));
    trade
        .assert_found(
            "UPDATE tabs SET open_minor = open_minor - 1 WHERE open_minor > 0",
            &subject,
        )
        .await
}

#[tokio::test]
async fn a_fulfilled_order_without_a_token_is_found() -> Result<()> {
    let trade = trade().await?;
    let tampering = format!("DELETE FROM tokens WHERE listing_id = {TIDES}");
    trade
        .assert_found(&tampering, &format!("order {}: ", trade.orders[0]))
        .await
}

#[tokio::test]
async fn a_token_for_more_than_was_ordered_is_found() -> Result<()> {
    let trade = trade().await?;
    let tampering = format!("UPDATE tokens SET units = units + 1 WHERE listing_id = {TIDES}");
    trade
        .assert_found(&tampering, &format!("order {}: ", trade.orders[0]))
        .await
}

#[tokio::test]
async fn a_refunded_order_whose_token_lives_is_found() -> Result<()> {
    let trade = trade().await?;
    assert_eq!(trade.market.verify().await?, "The books balance.\n");
    trade
        .market
        .database
        .execute("UPDATE tokens SET state = 'active'")
        .await?;
    let finished = trade.market.run(&["verify"]).await?;
    assert_eq!(finished.code, Some(1));
    assert!(
        finished.stdout.starts_with("order ord_") && finished.stdout.lines().count() == 1,
        "{}",
        finished.stdout
    );
    Ok(())
}

#[tokio::test]
async fn an_order_that_vanished_leaves_a_gap_in_stock_and_tab() -> Result<()> {
    let trade = trade().await?;
    let orders = format!("(SELECT id FROM orders WHERE listing_id = {TIDES})");
    let tampering = format!(
        "DELETE FROM tokens WHERE order_id IN {orders};
         DELETE FROM orders WHERE listing_id = {TIDES}"
    );
    trade.market.database.execute(&tampering).await?;
    let finished = trade.market.run(&["verify"]).await?;
    assert_eq!(finished.code, Some(1));
    let told = &finished.stdout;
    assert!(
        told.contains(&format!("listing {}: ", trade.listings[0])) && told.contains("account acc_"),
        "{told}"
    );
    assert!(
        !told.contains(&trade.listings[1]) && !told.contains(&trade.orders[1]),
        "{told}"
    );
    Ok(())
}

#[tokio::test]
async fn a_token_of_no_order_is_found() -> Result<()> {
    let tampering = "INSERT INTO tokens
        SELECT gen_random_uuid(), gen_random_uuid(), listing_id, buyer_id, seller_id, units, state,
            created_at, expires_at
        FROM tokens LIMIT 1";
    trade().await?.assert_found(tampering, "order ord_").await
}
