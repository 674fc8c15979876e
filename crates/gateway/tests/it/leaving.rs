//! Clients that leave before an answer are not charged.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::market::{Market, Settings};
use crate::service::{Connection, Service, drain};

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_before_the_head_and_its_request_is_dropped() {
    let gone = Arc::new(Notify::new());
    let noticed = Arc::clone(&gone);
    let service = Service::start(move |mut connection| {
        let gone = Arc::clone(&gone);
        async move {
            connection.head().await;
            drain(&mut connection.stream).await;
            gone.notify_one();
        }
    })
    .await;
    let mut market = Market::of(service.url());
    let mut client = market.client().await;
    client
        .send(format!("{}\r\n", market.head("GET", "/")))
        .await;
    while service.received().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(client);
    market.expect_returned("client_gone").await;
    tokio::time::timeout(crate::market::LONGEST_WAIT, noticed.notified())
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_during_the_draw() {
    let service = Service::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let mut settings = Settings::of(service.url());
    settings.draw = Duration::from_millis(500);
    let mut market = Market::open(settings);
    let mut client = market.client().await;
    client
        .send(format!("{}\r\n", market.head("GET", "/")))
        .await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    drop(client);
    market.expect_returned("client_gone").await;
    assert_eq!(service.connections(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_broken_off() {
    let service = Service::start(Connection::closed).await;
    let mut market = Market::of(service.url());
    let mut client = market.client().await;
    let head = market.head("POST", "/");
    client
        .send(format!("{head}Content-Length: 100000\r\n\r\nabc"))
        .await;
    while !service.received().ends_with("abc") {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(client);
    let call = market.expect_returned("client_gone").await;
    assert_eq!(call.request_bytes, 3);
}
