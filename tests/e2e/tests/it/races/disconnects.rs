//! Clients that disconnect while a request is in progress.

use std::time::Duration;

use anyhow::Result;
use futures::future::{join_all, try_join_all};
use serde_json::json;
use tokio::time::{sleep, timeout};
use udam_testkit::{MarketBuilder, wait_until, weather_listing};

use crate::assertions::assert_outcomes;
use crate::setup::{buy_token, seller_with_listing, with_fields};

const CLIENTS: usize = 50;

#[tokio::test]
async fn orders_of_disconnected_buyers_are_placed_once() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let (_seller, listing) = seller_with_listing(
        &market,
        with_fields(weather_listing(1000), [("price_per_unit", json!("0.01"))]),
    )
    .await?;
    let buyer = market.sign_up("buyer").await?;
    let key = |number: usize| format!("order {number}");

    // A lock on the stock keeps every order in progress.
    let holder = market.database.connect().await?;
    holder
        .batch_execute("BEGIN; SELECT FROM listing_stock FOR UPDATE")
        .await?;
    let limit = Duration::from_millis(1500);
    let disconnecting = (0..CLIENTS).map(|number| {
        let (buyer, listing, key) = (&buyer, &listing, key(number));
        async move {
            timeout(limit, buyer.buy_with_key(listing, 1, &key))
                .await
                .is_err()
        }
    });
    let timed_out = join_all(disconnecting).await;
    assert!(timed_out.iter().all(|timed_out| *timed_out));
    holder.batch_execute("COMMIT").await?;

    let path = format!("/v1/listings/{listing}");
    wait_until("the orders to be placed", async || {
        let left = buyer.get(&path).await?;
        Ok(left["available_units"] == 1000 - CLIENTS)
    })
    .await?;
    let repeats = (0..CLIENTS).map(|number| {
        let (buyer, listing, key) = (&buyer, &listing, key(number));
        async move { buyer.buy_with_key(listing, 1, &key).await }
    });
    let responses = try_join_all(repeats).await?;
    assert_outcomes(&responses, &[("201", CLIENTS)]);
    assert!(
        responses
            .iter()
            .all(|response| response.header("idempotent-replayed") == "true")
    );
    assert_eq!(buyer.get(&path).await?["available_units"], 1000 - CLIENTS);
    market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn requests_cut_off_anywhere_leave_connections_and_data_consistent() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let (seller, listing) = seller_with_listing(
        &market,
        with_fields(weather_listing(1000), [("price_per_unit", json!("0.01"))]),
    )
    .await?;
    let buyer = market.sign_up("buyer").await?;
    let token = buy_token(&buyer, &listing).await?;
    let order = buyer.get("/v1/orders").await?;
    let refund = format!(
        "/v1/orders/{}/refund",
        order.items()[0]["id"].as_str().unwrap()
    );
    let path = format!("/v1/listings/{listing}");
    for round in 0..CLIENTS {
        // From before the request is sent to after the response.
        let moment = Duration::from_micros(u64::try_from(round)? * 150);
        let order = timeout(moment, buyer.buy(&listing, 1));
        let restock = timeout(
            moment,
            seller.patch(&path, json!({"add_units": 1, "api_key": "sk-weather-2"})),
        );
        let reveal = timeout(moment, buyer.reveal(&token));
        let refund = timeout(moment, seller.post_empty(&refund));
        let look = timeout(moment, seller.get("/v1/me/listings"));
        let _ = futures::join!(order, restock, reveal, refund, look);
    }

    // More requests at once than connections in the pool, so that a leaked one would be noticed.
    let responses = try_join_all((0..200).map(|_| buyer.get("/v1/tokens?limit=1"))).await?;
    assert_outcomes(&responses, &[("200", 200)]);
    let responses = try_join_all((0..CLIENTS).map(|_| buyer.buy(&listing, 1))).await?;
    assert_outcomes(&responses, &[("201", CLIENTS)]);
    sleep(Duration::from_millis(100)).await;
    let stuck = "SELECT count(*) FROM pg_stat_activity
                 WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    assert_eq!(market.database.count(stuck).await?, 0);
    market.verify().await?;
    Ok(())
}
