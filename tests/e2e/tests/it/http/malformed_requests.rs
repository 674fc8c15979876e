//! Bytes that are no HTTP request.

use anyhow::{Result, ensure};
use futures::future::join_all;
use udam_testkit::raw_http::{exchange, status_of};
use udam_testkit::{Market, weather_listing};

use crate::setup::seller_with_listing;

#[tokio::test]
async fn malformed_requests_cause_no_server_error() -> Result<()> {
    let market = Market::shared().await?;
    let address = market.address(0);
    let long = "a".repeat(200_000);
    let cases = [
        format!("X-Long: {long}\r\n"),
        format!("Authorization: Bearer {}\r\n", "a".repeat(8_000)),
        format!("Idempotency-Key: {}\r\n", "k".repeat(8_000)),
        "Authorization: Bearer \u{1f511}\r\n".to_owned(),
        "Content-Length: -1\r\n".to_owned(),
        "Content-Length: 99999999999999999999\r\n".to_owned(),
        "Content-Length: 1\r\nContent-Length: 2\r\n".to_owned(),
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n".to_owned(),
        "Transfer-Encoding: nonsense\r\n".to_owned(),
        "Host: second\r\n".to_owned(),
        "Expect: 100-continue\r\n".to_owned(),
        "Upgrade: websocket\r\n".to_owned(),
        "No-Colon\r\n".to_owned(),
        "Content-Type: \u{1f511}\r\n".to_owned(),
        "X-Forwarded-For: 1.2.3.4, '; DROP TABLE orders\r\n".to_owned(),
        "User-Agent: \u{1f511}\u{7f}\r\n".to_owned(),
        "a: b\r\n".repeat(500),
    ];
    let lines = ["GET /v1/tokens", "POST /v1/orders", "GET /healthz"];
    let requests = cases
        .iter()
        .flat_map(|headers| lines.map(|line| (line, headers)));
    let responses = requests.map(|(line, headers)| async move {
        (
            line,
            headers,
            status_of(address, line.as_bytes(), headers.as_bytes()).await,
        )
    });
    for (line, headers, status) in join_all(responses).await {
        // The server closes the connection of some without a response.
        let what = headers.chars().take(60).collect::<String>();
        ensure!(status.is_err() || status? < 500, "{line} {what:?}");
    }
    for line in [
        &b"GET"[..],
        b"\x16\x03\x01\x02\x00",
        b"GET /v1/listings HTTP/9.9",
        b"BREW /v1/listings",
        b"",
        &b"A"[..].repeat(100_000),
    ] {
        if let Ok(status) = status_of(address, line, b"").await {
            ensure!(status < 500, "{}: {status}", String::from_utf8_lossy(line));
        }
    }
    let target = format!("GET /v1/listings?q={}", "a".repeat(50_000));
    if let Ok(status) = status_of(address, target.as_bytes(), b"").await {
        ensure!((400..500).contains(&status), "a long query: {status}");
    }
    ensure!(market.client()?.get("/healthz").await?.status == 200);
    Ok(())
}

#[tokio::test]
async fn pipelined_requests_are_separate_and_smuggled_ones_are_rejected() -> Result<()> {
    let market = Market::shared().await?;
    let both = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n\
        GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let response = exchange(market.address(0), both).await?;
    ensure!(response.matches("HTTP/1.1 200").count() == 2, "{response}");
    // What a proxy could take for the body of the first request must not become a second request.
    let smuggled = b"POST /healthz HTTP/1.1\r\nHost: x\r\n\
        Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\
        GET /v1/tab HTTP/1.1\r\nHost: x\r\n\r\n";
    let response = exchange(market.address(0), smuggled).await?;
    ensure!(response.matches("HTTP/1.1").count() <= 1, "{response}");
    Ok(())
}

#[tokio::test]
async fn a_request_behind_one_that_closes_the_connection_is_not_carried_out() -> Result<()> {
    let market = Market::shared().await?;
    let (seller, _listing) = seller_with_listing(market, weather_listing(10)).await?;
    let session = seller.session();
    let log_out = format!(
        "POST /v1/auth/logout HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {session}\r\n\
         Content-Length: 0\r\n\r\n"
    );
    for size in [70_000_usize, 300_000] {
        let mut bytes = format!(
            "POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {session}\r\n\
             Content-Type: application/json\r\nContent-Length: {size}\r\n\r\n"
        );
        bytes.push_str(&" ".repeat(size));
        bytes.push_str(&log_out);
        let received = exchange(market.address(0), bytes.as_bytes()).await?;
        ensure!(received.starts_with("HTTP/1.1 413 "), "{received}");
        ensure!(
            received.to_lowercase().contains("connection: close"),
            "{received}"
        );
        ensure!(
            seller.get("/v1/me").await?.status == 200,
            "{size}: logged out"
        );
    }
    Ok(())
}
