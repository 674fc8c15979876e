//! Bodies of any length pass as they come, either way.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;

use crate::market::Market;
use crate::service::Service;

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
async fn a_connection_is_kept_after_a_long_request() {
    const LENGTH: usize = 200_000;
    for answer in [
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ] {
        let service = Service::start(move |mut connection| async move {
            while connection.head().await.is_some() {
                connection.exactly(LENGTH).await.unwrap();
                connection.send(answer).await;
            }
        })
        .await;
        let mut market = Market::of(service.url());
        let mut client = market.client().await;
        for _ in 0..10 {
            let head = market.head("PUT", "/");
            client
                .send(format!("{head}Content-Length: {LENGTH}\r\n\r\n"))
                .await;
            client.send(vec![b'x'; LENGTH / 2]).await;
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            client.send(vec![b'x'; LENGTH / 2]).await;
            let (response, is_whole) = client.response().await;
            assert!(
                is_whole && response.header("connection").is_empty(),
                "{response:?}"
            );
            market.expect_charged("answered").await;
        }
    }
}
