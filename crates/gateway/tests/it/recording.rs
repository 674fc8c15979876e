//! The ends of calls are recorded, however long that takes.

use std::time::Duration;

use crate::market::{Market, Settings};
use crate::service::Service;

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_last_are_kept_open_and_a_stop_returns_them() {
    let service = Service::start(|mut connection| async move {
        connection.head().await;
        connection
            .send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123")
            .await;
        connection.closed().await;
    })
    .await;
    let mut market = Market::of(service.url());
    let keeping = market.gateway.clone();
    let keeping = tokio::spawn(async move { keeping.keep_open().await });
    let mut client = market.client().await;
    client
        .send(format!("{}\r\n", market.head("GET", "/")))
        .await;
    let id = client.head().await.header("udam-call-id").to_owned();
    tokio::time::sleep(Duration::from_millis(900)).await;
    let extended = market.extended();
    assert!(extended.len() >= 2, "{extended:?}");
    assert!(extended.iter().all(|call| call.to_string() == id));
    market.stop(false).await;
    assert!(market.gateway.drain(Duration::from_secs(10)).await);
    market.expect_returned("lost").await;
    keeping.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_cannot_be_recorded_is_reported_again_and_drained() {
    let service = Service::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let mut settings = Settings::of(service.url());
    settings.failing_ends = 3;
    let mut market = Market::open(settings);
    // The answer does not wait for it.
    assert_eq!(market.get("/").await.status, 200);
    assert!(market.no_more_ended());
    assert!(!market.gateway.drain(Duration::from_millis(10)).await);
    assert!(market.gateway.drain(Duration::from_secs(10)).await);
    market.expect_charged("answered").await;
}
