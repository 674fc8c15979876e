//! Requests that proxies and services read in two ways never reach a service as two.

use anyhow::Result;
use futures::future::join_all;
use serde_json::json;
use udam_testkit::raw_http::exchange;

use super::service::one_service;

#[tokio::test]
async fn an_ambiguous_request_is_never_two() -> Result<()> {
    let (market, upstream, service) = one_service(100, json!({})).await?;
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    let length = smuggled.len();
    let large = "x".repeat(256 * 1024);
    let ambiguous = [
        format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n"),
        format!("Transfer-Encoding: chunked\r\nContent-Length: {length}\r\n"),
        format!("Content-Length: 0\r\nContent-Length: {length}\r\n"),
        format!("Content-Length: {length}, {length}\r\n"),
        "Transfer-Encoding: xchunked\r\n".to_owned(),
        "Transfer-Encoding : chunked\r\n".to_owned(),
        "Transfer-Encoding: chunked, identity\r\n".to_owned(),
        "Transfer-Encoding:\r\n chunked\r\n".to_owned(),
        "X: a\r\n Transfer-Encoding: chunked\r\n".to_owned(),
        "X: a\nTransfer-Encoding: chunked\n".to_owned(),
        "X: a\rTransfer-Encoding: chunked\r\n".to_owned(),
        format!("Content-Length: +{length}\r\n"),
        format!("Content-Length: 0x{length:x}\r\n"),
        format!("X: {large}\r\n"),
    ];
    let mut sent = Vec::new();
    for headers in &ambiguous {
        for method in ["POST", "GET"] {
            let line = format!("{method} /gw/{}/first HTTP/1.1\r\n", service.listing);
            let known = format!("Host: x\r\nAuthorization: Bearer {}\r\n", service.key);
            let request =
                format!("{line}{known}{headers}Connection: close\r\n\r\n0\r\n\r\n{smuggled}");
            let address = market.address(0);
            sent.push(async move { exchange(address, request.as_bytes()).await });
        }
    }
    // Whatever they are answered, or not.
    join_all(sent).await;
    for request in upstream.requests() {
        assert!(!request.head.contains("/smuggled"), "{}", request.head);
        assert!(
            request.head.contains(" /first HTTP/1.1"),
            "{}",
            request.head
        );
        assert!(request.body_length <= length + 5, "{request:?}");
    }
    market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn headers_of_ours_and_of_the_way_do_not_reach_the_service() -> Result<()> {
    let (market, upstream, service) = one_service(5, json!({})).await?;
    let headers = [
        "Connection: close, X-Secret-Hop",
        "X-Secret-Hop: 1",
        "Keep-Alive: 5",
        "Proxy-Authorization: Basic eDp5",
        "TE: trailers",
        "X-Forwarded-For: 203.0.113.9",
        "X-Forwarded-Proto: https",
        "Forwarded: for=203.0.113.9",
        "UDAM-Units: 0",
        "Cookie: a=b",
        "X-Kept: 1",
    ];
    let request = format!(
        "GET /gw/{}/first HTTP/1.1\r\nHost: x\r\nX-UDAM-Key: {}\r\n{}\r\n\r\n",
        service.listing,
        service.key,
        headers.join("\r\n")
    );
    let answer = exchange(market.address(0), request.as_bytes()).await?;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let head = upstream.requests()[0].head.to_lowercase();
    for gone in [
        "x-secret-hop",
        "keep-alive",
        "proxy-",
        "\nte:",
        "forwarded",
        "udam-",
        "udk_",
    ] {
        assert!(!head.contains(gone), "{gone} is in {head}");
    }
    assert!(head.contains("x-kept: 1"), "{head}");
    assert!(
        head.contains(&format!("host: {}", upstream.address())),
        "{head}"
    );
    Ok(())
}
