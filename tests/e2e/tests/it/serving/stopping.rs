use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use anyhow::Result;
use futures::future::{join, join_all};
use rustix::process::Signal;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use udam_testkit::{Client, Market, MarketBuilder, wait_for, wait_until, weather_listing};

use crate::scenes::{on_sale, with};

#[tokio::test]
async fn a_server_asked_to_stop_answers_what_is_in_flight_and_keeps_what_it_answered() -> Result<()>
{
    let mut market = MarketBuilder::new().servers(2).start().await?;
    let (_seller, listing) = on_sale(
        &market,
        with(
            weather_listing(1_000_000),
            [("price_per_unit", json!("0.01"))],
        ),
    )
    .await?;
    let buyers = market.sign_up_many(16).await?;
    let leaving = market.servers.remove(0);
    let address = leaving.address();
    let placed = AtomicUsize::new(0);
    let shopping = join_all(
        buyers
            .iter()
            .map(|buyer| shop(buyer.at(address), &listing, &placed)),
    );
    let farewell = async {
        let busy = async || Ok((placed.load(Relaxed) > 200).then_some(()));
        wait_for("orders to be placed", busy).await?;
        leaving.stop().await
    };
    let (shopped, finished) = join(shopping, farewell).await;
    finished?;

    let mut unanswered = 0;
    for (buyer, shopped) in buyers.iter().zip(shopped) {
        let buyer = buyer.at(market.address(0));
        for (key, order) in shopped.answered {
            assert_eq!(buyer.get(&format!("/v1/orders/{order}")).await?.status, 200);
            assert_eq!(buyer.buy_with_key(&listing, 1, &key).await?.id(), order);
        }
        let last = buyer.buy_with_key(&listing, 1, &shopped.unanswered).await?;
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

/// What became of somebody's orders until the server was gone.
struct Shopped {
    /// Keys and ids of those that were answered.
    answered: Vec<(String, String)>,
    /// The key of the one that was not.
    unanswered: String,
}

async fn shop(buyer: Client, listing: &str, placed: &AtomicUsize) -> Shopped {
    let mut answered = Vec::new();
    for number in 0.. {
        let key = format!("order {number}");
        match buyer.buy_with_key(listing, 1, &key).await {
            Ok(answer) if answer.status == 201 => {
                placed.fetch_add(1, Relaxed);
                answered.push((key, answer.id().to_owned()));
            }
            Ok(answer) => panic!("{}: {}", answer.status, answer.text),
            Err(_) => {
                return Shopped {
                    answered,
                    unanswered: key,
                };
            }
        }
    }
    unreachable!("servers do not last for ever")
}

#[tokio::test]
async fn idle_clients_do_not_keep_a_server_from_stopping() -> Result<()> {
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
async fn an_interrupt_stops_a_server_as_well() -> Result<()> {
    let mut market = MarketBuilder::new().start().await?;
    let finished = market.servers.remove(0).stop_with(Signal::INT).await?;
    assert_eq!(finished.code, Some(0));
    Ok(())
}

/// A request of which the last 99 bytes are still to come.
const UNFINISHED: &[u8] = b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\n\
    Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{";

async fn unfinished(market: &Market) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(market.address(0)).await?;
    stream.write_all(UNFINISHED).await?;
    Ok(stream)
}

#[tokio::test]
async fn a_server_asked_to_stop_sends_others_away_while_it_finishes() -> Result<()> {
    let operators = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let opening = MarketBuilder::new().set("UDAM_ADMIN_LISTEN", &operators.to_string());
    let mut market = opening.start().await?;
    let operator = market.client()?.at(operators);
    assert_eq!(operator.get("/readyz").await?.status, 200);
    let mut in_flight = unfinished(&market).await?;
    // By the time that a later request is answered, this one has begun.
    assert_eq!(market.client()?.get("/healthz").await?.status, 200);
    let leaving = market.servers.remove(0);
    let finishing = async {
        wait_until("the server not to be ready", async || {
            let answer = operator.get("/readyz").await?;
            Ok(answer.status == 503)
        })
        .await?;
        in_flight.write_all(&[b' '; 99]).await?;
        let mut answer = String::new();
        in_flight.read_to_string(&mut answer).await?;
        anyhow::Ok(answer)
    };
    let (finished, answer) = join(leaving.stop(), finishing).await;
    finished?;
    let answer = answer?;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    Ok(())
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_given_up_and_its_connection_closed() -> Result<()> {
    let mut stream = unfinished(Market::shared().await?).await?;
    let mut answer = String::new();
    let reading = stream.read_to_string(&mut answer);
    tokio::time::timeout(Duration::from_secs(20), reading).await??;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("did not arrive in time"), "{answer}");
    Ok(())
}

#[tokio::test]
async fn clients_that_never_finish_take_nothing_from_others() -> Result<()> {
    let market = Market::shared().await?;
    let visitor = market.client()?;
    let mut lingering = Vec::new();
    for _ in 0..20 {
        lingering.push(unfinished(market).await?);
    }
    assert_eq!(visitor.get("/v1/listings?limit=1").await?.status, 200);
    Ok(())
}
