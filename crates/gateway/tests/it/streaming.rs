//! Bodies of any length pass as they come, either way.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;
use udam_domain::gateway::{CallCost, CallRate, RatePeriod};

use crate::client::KEY;
use crate::market::{Market, Settings, status, units};
use crate::service::Service;

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_charged_and_reported() {
    let service = Service::answering(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nUDAM-Units: 3\r\nX-Custom: a\r\n\r\nok",
    )
    .await;
    let mut settings = Settings::of(format!("{}/base", service.url()));
    settings.terms.cost = CallCost::new(units(1), Some(units(5))).unwrap();
    settings.terms.rate = CallRate::new(10, RatePeriod::Second).ok();
    let mut market = Market::open(settings);
    let response = market.get("/v1/rain?q=%2f").await;
    assert_eq!((response.status, response.text()), (200, "ok"));
    let call = market.expect_charged("answered").await;
    assert_eq!(
        (call.units, call.response_bytes, status(&call)),
        (3, 2, 200)
    );
    assert!(call.latency.is_some());
    for (name, value) in [
        ("udam-call-id", call.id.to_string().as_str()),
        ("udam-units-charged", "3"),
        ("udam-units-remaining", "97"),
        ("ratelimit-policy", "\"calls\";q=10;w=1"),
        ("x-custom", "a"),
        ("content-length", "2"),
        ("udam-units", ""),
    ] {
        assert_eq!(response.header(name), value, "{name}");
    }
    assert!(response.header("server-timing").starts_with("draw;dur="));
    let received = service.received();
    assert!(
        received.starts_with("GET /base/v1/rain?q=%2f HTTP/1.1\r\n"),
        "{received}"
    );
    assert!(received.contains(&format!("authorization: Bearer {}\r\n", crate::SELLERS_KEY)));
    assert!(received.contains(&format!("host: {}\r\n", service.address)));
    assert!(!received.contains(KEY) && !received.contains("market.example"));
}

#[tokio::test(flavor = "multi_thread")]
async fn events_arrive_before_the_next_is_made() {
    let next = Arc::new(Notify::new());
    let wanted = Arc::clone(&next);
    let service = Service::start(move |mut connection| {
        let next = Arc::clone(&next);
        async move {
            connection.head().await;
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n").await;
            for _ in 0..3 {
                connection.send("9\r\ndata: 1\n\n\r\n").await;
                next.notified().await;
            }
            connection.send("0\r\n\r\n").await;
        }
    })
    .await;
    let mut market = Market::of(service.url());
    let mut client = market.client().await;
    client
        .send(format!("{}\r\n", market.head("GET", "/")))
        .await;
    let head = client.head().await;
    assert_eq!(head.header("content-type"), "text/event-stream");
    for _ in 0..3 {
        assert_eq!(client.chunk().await.unwrap(), b"data: 1\n\n");
        wanted.notify_one();
    }
    assert_eq!(client.chunk().await.unwrap(), b"");
    market.expect_charged("answered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_after_the_head_is_charged() {
    let service = Service::start(|mut connection| async move {
        connection.head().await;
        connection
            .send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123")
            .await;
        connection.closed().await;
    })
    .await;
    let mut market = Market::of(service.url());
    let mut client = market.client().await;
    client
        .send(format!("{}\r\n", market.head("GET", "/")))
        .await;
    client.head().await;
    client.exactly(3).await.unwrap();
    drop(client);
    let call = market.expect_charged("client_left").await;
    assert_eq!(call.units, 1);
}

/// Sends back what it receives, as it comes, after the head of its answer.
async fn echo() -> Service {
    Service::start(|mut connection| async move {
        let head = connection.head().await.unwrap().to_lowercase();
        let framing = head.lines().find(|line| {
            line.starts_with("content-length") || line.starts_with("transfer-encoding")
        });
        let answer = format!(
            "HTTP/1.1 200 OK\r\n{}\r\nConnection: close\r\n\r\n",
            framing.unwrap()
        );
        connection.send(answer).await;
        while let Some(bytes) = connection.some().await {
            connection.send(&bytes).await;
            if bytes.ends_with(b"0\r\n\r\n") {
                break;
            }
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn large_bodies_pass_in_both_directions_at_once() {
    const LENGTH: usize = 16 * 1024 * 1024;
    let service = echo().await;
    let mut market = Market::of(service.url());
    let client = market.client().await;
    let head = format!(
        "{}Content-Length: {LENGTH}\r\n\r\n",
        market.head("POST", "/")
    );
    let (mut reader, mut writer) = client.stream.into_split();
    let sent: Vec<u8> = (0..LENGTH)
        .map(|n| b'a' + u8::try_from(n % 23).unwrap())
        .collect();
    let expected = sent.clone();
    let sending = tokio::spawn(async move {
        writer.write_all(head.as_bytes()).await.unwrap();
        writer.write_all(&sent).await.unwrap();
        writer
    });
    let mut received = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = reader.read(&mut buffer).await.unwrap();
        received.extend_from_slice(&buffer[..read]);
        let end = received.windows(4).position(|window| window == b"\r\n\r\n");
        if end.is_some_and(|end| received.len() >= end + 4 + LENGTH) || read == 0 {
            break;
        }
    }
    let _writer = sending.await.unwrap();
    let end = received
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap();
    assert!(received[end + 4..] == expected);
    let call = market.expect_charged("answered").await;
    let length = u64::try_from(LENGTH).unwrap();
    assert_eq!((call.request_bytes, call.response_bytes), (length, length));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chunked_body_passes_in_chunks_while_its_answer_comes() {
    let service = echo().await;
    let mut market = Market::of(service.url());
    let mut client = market.client().await;
    let head = market.head("POST", "/");
    client
        .send(format!(
            "{head}Transfer-Encoding: chunked\r\n\r\n3\r\nqqq\r\n"
        ))
        .await;
    let response = client.head().await;
    assert_eq!(response.header("transfer-encoding"), "chunked");
    assert_eq!(client.chunk().await.unwrap(), b"qqq");
    client.send("2\r\nuv\r\n").await;
    assert_eq!(client.chunk().await.unwrap(), b"uv");
    client.send("0\r\n\r\n").await;
    assert_eq!(client.chunk().await.unwrap(), b"");
    let call = market.expect_charged("answered").await;
    assert_eq!((call.request_bytes, call.response_bytes), (5, 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_may_come_before_the_request_has_been_sent() {
    let service = Service::start(|mut connection| async move {
        connection.head().await;
        connection.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig").await;
        connection.closed().await;
    })
    .await;
    let mut market = Market::of(service.url());
    let mut client = market.client().await;
    let head = market.head("POST", "/");
    client
        .send(format!("{head}Content-Length: 1000000\r\n\r\nabc"))
        .await;
    let (response, is_whole) = client.response().await;
    assert_eq!(
        (response.status, response.text(), is_whole),
        (413, "big", true)
    );
    market.expect_returned("answered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_may_wait_until_its_body_is_wanted() {
    let service = Service::start(|mut connection| async move {
        let head = connection.head().await.unwrap();
        assert!(!head.to_lowercase().contains("expect"));
        connection.exactly(3).await.unwrap();
        connection
            .send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            .await;
    })
    .await;
    let mut market = Market::of(service.url());
    let mut client = market.client().await;
    let head = market.head("PUT", "/");
    client
        .send(format!(
            "{head}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"
        ))
        .await;
    assert_eq!(client.head().await.status, 100);
    client.send("abc").await;
    let (response, _) = client.response().await;
    assert_eq!((response.status, response.text()), (200, "ok"));
    market.expect_charged("answered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_without_a_body_keep_what_they_announce() {
    for (method, answer, status, length) in [
        (
            "HEAD",
            "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n",
            200,
            "1234",
        ),
        (
            "HEAD",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            200,
            "",
        ),
        ("GET", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""),
        (
            "GET",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\nETag: \"a\"\r\n\r\n",
            304,
            "99",
        ),
        (
            "GET",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            200,
            "0",
        ),
        (
            "GET",
            "HTTP/1.1 302 Found\r\nLocation: /v2\r\nContent-Length: 0\r\n\r\n",
            302,
            "0",
        ),
    ] {
        let service = Service::answering(answer).await;
        let mut market = Market::of(service.url());
        let mut client = market.client().await;
        // Both on one connection: nothing that was announced is taken for a body.
        for _ in 0..2 {
            client
                .send(format!("{}\r\n", market.head(method, "/")))
                .await;
            let response = client.head().await;
            assert_eq!(response.status, status, "{answer}");
            assert_eq!(response.header("content-length"), length, "{answer}");
            let call = market.expect_charged("answered").await;
            assert_eq!(call.response_bytes, 0);
        }
        assert_eq!(service.connections(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_a_body_says_so_where_one_is_usual() {
    let service = Service::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let mut market = Market::of(service.url());
    for header in ["Content-Length: 0\r\n", ""] {
        assert_eq!(market.call("POST", "/", header).await.status, 200);
        market.expect_charged("answered").await;
    }
    assert_eq!(market.call("GET", "/", "").await.status, 200);
    let received = service.received().to_lowercase();
    assert_eq!(
        received.matches("content-length: 0\r\n").count(),
        2,
        "{received}"
    );
    assert!(!received.contains("transfer-encoding"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_http_1_0_gets_a_body_that_ends_with_the_connection() {
    let service = Service::answering(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    )
    .await;
    let mut market = Market::of(service.url());
    let mut client = market.client().await;
    let head = market.head("GET", "/").replace("HTTP/1.1", "HTTP/1.0");
    client
        .send(format!("{head}Connection: keep-alive\r\n\r\n"))
        .await;
    let response = client.head().await;
    assert_eq!(response.header("transfer-encoding"), "");
    assert_eq!(client.rest().await, b"abc");
    market.expect_charged("answered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_ends_with_the_services_connection_is_whole() {
    let service = Service::closing("HTTP/1.1 200 OK\r\n\r\nabc").await;
    let mut market = Market::of(service.url());
    let response = market.get("/").await;
    assert_eq!(response.text(), "abc");
    market.expect_charged("answered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_was_closed_while_it_was_kept_is_replaced() {
    let service = Service::closing("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
    let mut market = Market::of(service.url());
    for _ in 0..5 {
        assert_eq!(market.get("/").await.text(), "ok");
        market.expect_charged("answered").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(service.connections(), 5);
}

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
