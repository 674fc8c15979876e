//! Stopping `udam serve`.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use anyhow::Result;
use futures::future::{join, join_all};
use rustix::process::Signal;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use udam_testkit::{Client, MarketBuilder, wait_for, wait_until, weather_listing};

use super::slow_clients::unfinished;
use crate::setup::{seller_with_listing, with_fields};

#[tokio::test]
async fn a_stopping_server_completes_requests_in_progress() -> Result<()> {
    let mut market = MarketBuilder::new().servers(2).start().await?;
    let (_seller, listing) = seller_with_listing(
        &market,
        with_fields(
            weather_listing(1_000_000),
            [("price_per_unit", json!("0.01"))],
        ),
    )
    .await?;
    let buyers = market.sign_up_many(16).await?;
    let stopping = market.servers.remove(0);
    let address = stopping.address();
    let placed = AtomicUsize::new(0);
    let buying = join_all(
        buyers
            .iter()
            .map(|buyer| buy_until_stopped(buyer.at(address), &listing, &placed)),
    );
    let stop_when_busy = async {
        let busy = async || Ok((placed.load(Relaxed) > 200).then_some(()));
        wait_for("200 orders to be placed", busy).await?;
        stopping.stop().await
    };
    let (bought, finished) = join(buying, stop_when_busy).await;
    finished?;

    let mut unanswered = 0;
    for (buyer, bought) in buyers.iter().zip(bought) {
        let buyer = buyer.at(market.address(0));
        for (key, order) in bought.answered {
            assert_eq!(buyer.get(&format!("/v1/orders/{order}")).await?.status, 200);
            assert_eq!(buyer.buy_with_key(&listing, 1, &key).await?.id(), order);
        }
        let last = buyer.buy_with_key(&listing, 1, &bought.unanswered).await?;
        assert_eq!(last.status, 201, "{}", last.text);
        unanswered += usize::from(last.header("idempotent-replayed") == "true");
    }
    assert_eq!(
        unanswered, 0,
        "orders were placed and not answered, though there was time for it"
    );
    market.verify().await?;
    Ok(())
}

/// The orders of one buyer until the server has stopped.
struct Bought {
    /// Keys and ids of the acknowledged orders.
    answered: Vec<(String, String)>,
    /// Key of the order without a response.
    unanswered: String,
}

async fn buy_until_stopped(buyer: Client, listing: &str, placed: &AtomicUsize) -> Bought {
    let mut answered = Vec::new();
    for number in 0.. {
        let key = format!("order {number}");
        match buyer.buy_with_key(listing, 1, &key).await {
            Ok(response) if response.status == 201 => {
                placed.fetch_add(1, Relaxed);
                answered.push((key, response.id().to_owned()));
            }
            Ok(response) => panic!("{}: {}", response.status, response.text),
            Err(_) => {
                return Bought {
                    answered,
                    unanswered: key,
                };
            }
        }
    }
    unreachable!("servers do not last for ever")
}

#[tokio::test]
async fn idle_connections_do_not_delay_stopping() -> Result<()> {
    let mut market = MarketBuilder::new().start().await?;
    let idle: Vec<_> = market.sign_up_many(3).await?;
    for client in &idle {
        assert_eq!(client.get("/v1/tab").await?.status, 200);
    }
    let began = Instant::now();
    market.servers.remove(0).stop().await?;
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "it took {:?}",
        began.elapsed()
    );
    Ok(())
}

#[tokio::test]
async fn sigint_stops_a_server() -> Result<()> {
    let mut market = MarketBuilder::new().start().await?;
    let finished = market.servers.remove(0).stop_with(Signal::INT).await?;
    assert_eq!(finished.code, Some(0));
    Ok(())
}

#[tokio::test]
async fn a_stopping_server_is_not_ready_while_it_finishes() -> Result<()> {
    let mut market = MarketBuilder::new().start().await?;
    let operator = market.operator(0)?;
    assert_eq!(operator.get("/readyz").await?.status, 200);
    let mut in_flight = unfinished(&market).await?;
    // When a later request has its response, this one has been read.
    assert_eq!(market.client()?.get("/healthz").await?.status, 200);
    let stopping = market.servers.remove(0);
    let finishing = async {
        wait_until("the server not to be ready", async || {
            let response = operator.get("/readyz").await?;
            Ok(response.status == 503)
        })
        .await?;
        in_flight.write_all(&[b' '; 99]).await?;
        let mut response = String::new();
        in_flight.read_to_string(&mut response).await?;
        anyhow::Ok(response)
    };
    let (finished, response) = join(stopping.stop(), finishing).await;
    finished?;
    let response = response?;
    assert!(response.starts_with("HTTP/1.1 400 "), "{response}");
    Ok(())
}
