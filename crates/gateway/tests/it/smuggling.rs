//! No bytes of a client make two requests of one.

use std::time::Duration;

use tokio::io::AsyncWriteExt;

use crate::client::KEY;
use crate::market::{Market, Settings};
use crate::service::Service;

const EVIL: &str = "GET /evil HTTP/1.1\r\nHost: x\r\n\r\n";

/// Sends these bytes, and returns what the service has received of it.
async fn received(head: impl Fn(&str) -> String) -> String {
    let service = Service::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let market = Market::open(Settings::of(service.url()));
    let start = format!("{}/x", Market::path());
    let mut client = market.client().await;
    // The gateway may refuse before all is sent.
    let _ = client.stream.write_all(head(&start).as_bytes()).await;
    tokio::time::sleep(Duration::from_millis(150)).await;
    let _ = client.stream.shutdown().await;
    let _ = client.rest().await;
    service.received()
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_framing_never_reaches_the_service_as_two_requests() {
    let length = EVIL.len();
    for headers in [
        // CL.TE, TE.CL, and both in either order.
        format!(
            "Content-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{EVIL}",
            length + 5
        ),
        format!(
            "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n{length:x}\r\n{EVIL}\r\n0\r\n\r\n"
        ),
        // Lengths that differ, are repeated, or are none.
        format!("Content-Length: 0\r\nContent-Length: {length}\r\n\r\n{EVIL}"),
        format!("Content-Length: {length}\r\nContent-Length: {length}\r\n\r\n{EVIL}"),
        format!("Content-Length: 0, {length}\r\n\r\n{EVIL}"),
        format!("Content-Length: +{length}\r\n\r\n{EVIL}"),
        format!("Content-Length: -1\r\n\r\n{EVIL}"),
        format!("Content-Length: 0x10\r\n\r\n{EVIL}"),
        format!("Content-Length : 0\r\n\r\n{EVIL}"),
        // Encodings that are hidden or unknown.
        format!("Transfer-Encoding: xchunked\r\n\r\n{EVIL}"),
        format!("Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{EVIL}"),
        format!("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{EVIL}"),
        format!("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{EVIL}"),
        format!("Transfer-Encoding:\x0bchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{EVIL}"),
        format!("X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{EVIL}"),
        // Lines that are folded, or end otherwise.
        format!("X: y\r\n\tz\r\n\r\n{EVIL}"),
        format!("X: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{EVIL}"),
        "X: y\nGET /evil HTTP/1.1\nHost: x\r\n\r\n".to_owned(),
        "X: y\r\n\rGET /evil HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
        // Chunks that are not what they say.
        format!("Transfer-Encoding: chunked\r\n\r\n0\n\r\n{EVIL}"),
        format!("Transfer-Encoding: chunked\r\n\r\n0;x=\n{EVIL}"),
        format!("Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{EVIL}"),
        format!("Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n{EVIL}"),
        // What the server takes for a stream.
        format!("Upgrade: websocket\r\nContent-Length: 3\r\n\r\nabc{EVIL}"),
        format!("Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n{EVIL}"),
        format!(
            "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: x\r\n\r\n{EVIL}"
        ),
        format!("Connection: Content-Length\r\nContent-Length: {length}\r\n\r\n{EVIL}"),
    ] {
        for method in ["GET", "POST"] {
            let received = received(|path| {
                format!(
                    "{method} {path} HTTP/1.1\r\nHost: market\r\nX-UDAM-Key: {KEY}\r\n{headers}"
                )
            })
            .await;
            // As the body of a request that it belongs to, it may pass: there it is announced.
            assert_one_request(&received, &headers);
        }
    }
}

/// Checks that a service that reads these bytes sees one request at most, whose body is all that follows its head.
fn assert_one_request(received: &str, sent: &str) {
    let Some((head, body)) = received.split_once("\r\n\r\n") else {
        assert!(received.is_empty(), "{sent:?} has sent {received:?}");
        return;
    };
    let head = head.to_lowercase();
    let lengths = head.matches("\r\ncontent-length:").count();
    let encodings = head.matches("\r\ntransfer-encoding:").count();
    assert!(lengths + encodings <= 1, "{sent:?} has sent {received:?}");
    let announced = head.split("\r\ncontent-length: ").nth(1);
    let announced = announced.map_or(0, |rest| {
        rest.split("\r\n").next().unwrap().parse().unwrap()
    });
    if encodings == 1 {
        assert!(
            head.contains("\r\ntransfer-encoding: chunked"),
            "{received:?}"
        );
        let end = body.find("0\r\n\r\n").map_or(body.len(), |end| end + 5);
        assert_eq!(end, body.len(), "{sent:?} has sent {received:?}");
    } else {
        assert!(body.len() <= announced, "{sent:?} has sent {received:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_request_line_has_one_target() {
    for line in [
        "GET {path} HTTP/1.1\rGET /evil",
        "GET {path}\tHTTP/1.1",
        "GET {path} /evil",
        "GET {path}?\r\n/evil",
        "GET {path}/../evil",
        "GET {path}/%2e%2e/evil",
        "CONNECT {path}",
        "TRACE {path}",
        "G\u{e4}T {path}",
    ] {
        let received = received(|path| {
            let line = line.replace("{path}", path);
            format!("{line} HTTP/1.1\r\nHost: market\r\nX-UDAM-Key: {KEY}\r\n\r\n{EVIL}")
        })
        .await;
        assert!(!received.contains("evil"), "{line:?} has sent {received:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_of_any_size_are_refused_or_sent_whole() {
    for (size, passes) in [(1_000, true), (60_000, true), (200_000, false)] {
        let value = "x".repeat(size);
        let received = received(|path| {
            format!("GET {path} HTTP/1.1\r\nHost: market\r\nX-UDAM-Key: {KEY}\r\nX-Large: {value}\r\n\r\n")
        })
        .await;
        assert_eq!(received.contains(&value), passes, "{size}");
        assert_eq!(received.is_empty(), !passes, "{size}");
    }
    let many = "X-Many: y\r\n".repeat(200);
    let received = received(|path| {
        format!("GET {path} HTTP/1.1\r\nHost: market\r\nX-UDAM-Key: {KEY}\r\n{many}\r\n")
    })
    .await;
    assert!(received.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_behind_one_another_are_calls_of_their_own() {
    let service = Service::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let mut market = Market::of(service.url());
    let mut client = market.client().await;
    let one = format!("{}\r\n", market.head("GET", "/1"));
    let two = format!("{}\r\n", market.head("GET", "/2"));
    client.send(format!("{one}{two}")).await;
    for _ in 0..2 {
        assert_eq!(client.response().await.0.status, 200);
        market.expect_charged("answered").await;
    }
    assert_eq!(market.drawn(), 2);
}
