//! `WebSocket`s pass, in the plain.

use crate::SELLERS_KEY;
use crate::client::Client;
use crate::market::{Market, Settings, status};
use crate::service::Service;

const HANDSHAKE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
const SWITCHED: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

fn text(message: &str) -> Vec<u8> {
    let mut frame = vec![0x81, u8::try_from(message.len()).unwrap()];
    frame.extend_from_slice(message.as_bytes());
    frame
}

async fn opened(market: &Market) -> Client {
    let mut client = market.client().await;
    client
        .send(format!("{}{HANDSHAKE}", market.head("GET", "/socket")))
        .await;
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_go_both_ways_until_the_service_closes() {
    let service = Service::start(|mut connection| async move {
        connection.head().await.unwrap();
        connection.send(SWITCHED).await;
        // Sent along: the beginning of a key must not be waited for.
        connection.send(text("tasks")).await;
        let ping = connection.exactly(4).await.unwrap();
        connection
            .send(text(&String::from_utf8(ping).unwrap()))
            .await;
        connection.send(text(&format!("key={SELLERS_KEY}"))).await;
    })
    .await;
    let mut market = Market::of(service.url());
    let mut client = opened(&market).await;
    let head = client.head().await;
    assert_eq!(head.status, 101);
    for (name, value) in [
        ("upgrade", "websocket"),
        ("connection", "upgrade"),
        ("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ("udam-units-charged", "1"),
    ] {
        assert_eq!(head.header(name), value, "{name}");
    }
    assert_eq!(client.exactly(7).await.unwrap(), text("tasks"));
    client.send("ping").await;
    assert_eq!(client.exactly(6).await.unwrap(), text("ping"));
    let rest = String::from_utf8_lossy(&client.rest().await).into_owned();
    assert!(
        rest.ends_with(&format!("key={}", "*".repeat(SELLERS_KEY.len()))),
        "{rest}"
    );
    let call = market.expect_charged("answered").await;
    assert_eq!((status(&call), call.request_bytes), (101, 4));
    let received = service.received().to_lowercase();
    for header in [
        "connection: upgrade\r\n",
        "upgrade: websocket\r\n",
        "sec-websocket-key: dghl",
    ] {
        assert!(received.contains(header), "{received}");
    }
    assert!(!received.contains("extensions"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_closes_the_service() {
    let service = Service::start(|mut connection| async move {
        connection.head().await.unwrap();
        connection.send(SWITCHED).await;
        connection.closed().await;
    })
    .await;
    let mut market = Market::of(service.url());
    let mut client = opened(&market).await;
    assert_eq!(client.head().await.status, 101);
    drop(client);
    let call = market.ended().await;
    assert!(
        ["client_left", "answered"].contains(&call.outcome.name()),
        "{call:?}"
    );
    assert_eq!(call.units, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_hides_what_it_sends_is_cut_off() {
    for frame in [[0xc1, 1, b'x'], [0x81, 0x81, b'x']] {
        let service = Service::start(move |mut connection| async move {
            connection.head().await.unwrap();
            connection.send(SWITCHED).await;
            connection.send(frame).await;
            connection.closed().await;
        })
        .await;
        let mut market = Market::of(service.url());
        let mut client = opened(&market).await;
        assert_eq!(client.head().await.status, 101);
        assert!(client.rest().await.is_empty());
        market.expect_returned("cut_short").await;
    }
    let extended = SWITCHED.replace(
        "\r\n\r\n",
        "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
    );
    let service = Service::closing(extended).await;
    let mut market = Market::of(service.url());
    opened(&market)
        .await
        .response()
        .await
        .0
        .expect_problem(502, "upstream_broken");
    market.expect_returned("broken").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_may_decline() {
    for answer in [
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n",
    ] {
        let service = Service::answering(answer).await;
        let mut market = Market::open(Settings::of(service.url()));
        let mut client = opened(&market).await;
        let head = client.head().await;
        assert_ne!(head.status, 101);
        assert_eq!(head.header("transfer-encoding"), "");
        assert_eq!(client.rest().await, b"no");
        assert_eq!(market.ended().await.outcome.name(), "answered");
    }
}
