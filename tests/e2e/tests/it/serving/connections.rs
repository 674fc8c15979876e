//! Connections of hostile and of odd clients.

use std::fs;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures::future::join_all;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use udam_testkit::raw_http::exchange;
use udam_testkit::{
    Binary, Client, Database, ErrorResponses, Market, MarketBuilder, Server, wait_until,
    weather_listing,
};

use super::endless_bodies::{chunked_head, chunked_order_head, connect_from, open_endless_body};
use super::open_files::raise_own_limit;
use crate::setup::{buy_token, seller_with_listing};

/// Most connections of one client.
const MOST: usize = 256;

/// A chunk of 4 KiB.
fn chunk() -> Vec<u8> {
    let mut chunk = b"1000\r\n".to_vec();
    chunk.resize(chunk.len() + 4_096, b' ');
    chunk.extend_from_slice(b"\r\n");
    chunk
}

/// Sends a body that never ends, and returns how many bytes the server has let it send, and what it has responded.
async fn send_without_end(mut stream: TcpStream) -> Result<(usize, String)> {
    let (mut reading, mut writing) = stream.split();
    let chunk = chunk();
    let sending = async {
        let mut sent = 0;
        while writing.write_all(&chunk).await.is_ok() {
            sent += chunk.len();
        }
        sent
    };
    let mut received = Vec::new();
    let (sent, _closed) = timeout(
        Duration::from_secs(30),
        futures::future::join(sending, reading.read_to_end(&mut received)),
    )
    .await
    .context("the server goes on reading")?;
    Ok((sent, String::from_utf8_lossy(&received).into_owned()))
}

/// Waits until the server has closed a connection, and returns what it has sent.
async fn received_until_closed(stream: &mut TcpStream) -> Result<String> {
    let mut received = Vec::new();
    let read = timeout(Duration::from_secs(20), stream.read_to_end(&mut received));
    read.await.context("the connection is kept")??;
    Ok(String::from_utf8_lossy(&received).into_owned())
}

fn body_of(response: &str) -> Result<Value> {
    let (_, body) = response.split_once("\r\n\r\n").context("no head")?;
    serde_json::from_str(body).with_context(|| format!("no JSON in {response}"))
}

#[tokio::test]
async fn a_post_by_http_1_0_needs_no_length() -> Result<()> {
    let market = Market::shared().await?;
    let (_seller, listing) = seller_with_listing(market, weather_listing(10)).await?;
    let buyer = market.sign_up("buyer").await?;
    let token = buy_token(&buyer, &listing).await?;
    let post = async |path: &str| {
        let request = format!(
            "POST {path} HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\
             Authorization: Bearer {}\r\n\r\n",
            buyer.session()
        );
        exchange(market.address(0), request.as_bytes()).await
    };
    let revealed = post(&format!("/v1/tokens/{token}/reveal")).await?;
    assert!(revealed.contains(" 200 OK\r\n"), "{revealed}");
    assert!(body_of(&revealed)?["api_key"].is_string(), "{revealed}");
    let logged_out = post("/v1/auth/logout").await?;
    assert!(logged_out.contains(" 200 OK\r\n"), "{logged_out}");
    assert_eq!(buyer.get("/v1/me").await?.status, 401);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_read_gets_a_problem_and_is_counted_and_logged() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let fine = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let long = format!(
        "GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n",
        "x".repeat(300_000)
    );
    for (request, status, code) in [
        ("BREW\r\n\r\n".to_owned(), 400, "malformed_request"),
        (
            format!("{fine}GET / HTTP/1.1\r\n\r\n"),
            400,
            "malformed_request",
        ),
        (
            "POST / HTTP/1.0\r\nContent-Length: x\r\n\r\n".to_owned(),
            400,
            "malformed_request",
        ),
        (long.clone(), 431, "request_head_too_large"),
        (format!("{fine}{long}"), 431, "request_head_too_large"),
    ] {
        let counted = format!(
            "udam_http_requests_total{{route=\"unmatched\",method=\"other\",status=\"{status}\"}}"
        );
        let before = market.metric(0, &counted).await?;
        let received = exchange(market.address(0), request.as_bytes()).await?;
        let last = received.rfind("HTTP/1.1 4").context("no response")?;
        let response = &received[last..];
        assert!(
            response.starts_with(&format!("HTTP/1.1 {status} ")),
            "{received}"
        );
        for header in [
            "content-type: application/problem+json",
            "connection: close",
            "strict-transport-security: ",
            "x-content-type-options: nosniff",
            "date: ",
        ] {
            assert!(response.contains(&format!("\r\n{header}")), "{response}");
        }
        let problem = body_of(response)?;
        assert_eq!(problem["code"], code);
        let id = problem["request_id"].as_str().context("no request id")?;
        assert!(
            response.contains(&format!("\r\nx-request-id: {id}\r\n")),
            "{response}"
        );
        assert_eq!(market.metric(0, &counted).await?, before + 1);
        wait_until("its line in the access log", async || {
            let logs = market.logs();
            let mut lines = logs.lines().filter(|line| line.contains(id));
            Ok(lines.any(|line| line.contains("udam::access") && line.contains(code)))
        })
        .await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_body_that_never_ends_is_not_read_after_the_response() -> Result<()> {
    let market = Market::shared().await?;
    for (path, status) in [
        ("/v1/orders", "401"),
        ("/v1/auth/login", "413"),
        ("/v1/webhooks/stripe", "503"),
        ("/v1/nowhere", "404"),
        ("/login", "400"),
    ] {
        let mut stream = TcpStream::connect(market.address(0)).await?;
        stream.write_all(chunked_head(path).as_bytes()).await?;
        let (sent, received) = send_without_end(stream).await?;
        // What it reads besides is in the system's buffers.
        assert!(sent < 40 * 1024 * 1024, "{path}: {sent} bytes");
        assert!(
            received.starts_with(&format!("HTTP/1.1 {status} ")),
            "{path}: {received}"
        );
        assert_eq!(received.matches("HTTP/1.1 ").count(), 1, "{received}");
    }
    Ok(())
}

#[tokio::test]
async fn a_connection_whose_body_stalls_is_closed_after_the_response() -> Result<()> {
    let market = Market::shared().await?;
    for path in ["/v1/webhooks/stripe", "/v1/nowhere", "/v1/orders"] {
        let mut stream = TcpStream::connect(market.address(0)).await?;
        stream.write_all(chunked_head(path).as_bytes()).await?;
        stream.write_all(&chunk()).await?;
        let received = received_until_closed(&mut stream).await?;
        assert!(received.starts_with("HTTP/1.1 "), "{path}: {received}");
    }
    Ok(())
}

#[tokio::test]
async fn a_chunked_body_that_is_malformed_gets_one_response() -> Result<()> {
    let market = Market::shared().await?;
    let request = chunked_head("/v1/auth/login") + "5\r\n{\"ema\r\nnonsense\r\n";
    let received = exchange(market.address(0), request.as_bytes()).await?;
    assert!(received.starts_with("HTTP/1.1 400 "), "{received}");
    assert_eq!(received.matches("HTTP/1.1 ").count(), 1, "{received}");
    Ok(())
}

#[tokio::test]
async fn a_connection_without_a_request_gets_no_response() -> Result<()> {
    let market = Market::shared().await?;
    let mut stream = TcpStream::connect(market.address(0)).await?;
    assert_eq!(received_until_closed(&mut stream).await?, "");
    let mut stream = TcpStream::connect(market.address(0)).await?;
    stream.write_all(b"GET / HTT").await?;
    let received = received_until_closed(&mut stream).await?;
    assert!(received.starts_with("HTTP/1.1 408 "), "{received}");
    assert_eq!(body_of(&received)?["code"], "request_timeout");
    Ok(())
}

/// Whether the server has left a new connection open, which it serves.
async fn is_served(stream: &mut TcpStream) -> bool {
    let request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut start = [0; 12];
    stream.write_all(request).await.is_ok()
        && stream.read_exact(&mut start).await.is_ok()
        && start == *b"HTTP/1.1 200"
}

#[tokio::test]
async fn a_client_has_at_most_so_many_connections() -> Result<()> {
    raise_own_limit()?;
    let market = MarketBuilder::new()
        .set("UDAM_RATE_LIMIT", "on")
        .start()
        .await?;
    let address = market.address(0);
    let hostile = Ipv4Addr::new(127, 0, 0, 2);
    let mut streams = Vec::new();
    for _ in 0..MOST + 50 {
        streams.push(connect_from(hostile, address).await?);
    }
    let mut served = 0;
    for stream in &mut streams {
        served += usize::from(is_served(stream).await);
    }
    assert_eq!(served, MOST);
    let cut = "udam_http_connections_cut_total{reason=\"too_many\"}";
    assert_eq!(market.metric(0, cut).await?, 50);
    // Those that are closed leave room.
    drop(streams);
    wait_until("connections to be closed", async || {
        Ok(is_served(&mut connect_from(hostile, address).await?).await)
    })
    .await
}

#[tokio::test]
async fn a_trusted_proxy_and_servers_without_limits_take_any_number_of_connections() -> Result<()> {
    raise_own_limit()?;
    for (setting, value) in [
        ("UDAM_TRUSTED_PROXIES", "127.0.0.0/8"),
        ("UDAM_RATE_LIMIT", "off"),
    ] {
        let market = MarketBuilder::new()
            .set("UDAM_RATE_LIMIT", "on")
            .set(setting, value)
            .start()
            .await?;
        let mut streams = Vec::new();
        for _ in 0..MOST + 50 {
            streams.push(TcpStream::connect(market.address(0)).await?);
        }
        let last = streams.last_mut().context("no connection")?;
        assert!(is_served(last).await, "{setting}");
    }
    Ok(())
}

#[tokio::test]
async fn endless_bodies_do_not_stop_a_buyer() -> Result<()> {
    raise_own_limit()?;
    let database = Database::migrated().await?;
    let variables = MarketBuilder::new()
        .set("UDAM_RATE_LIMIT", "on")
        .set("RUST_LOG", "info")
        .environment(&database)
        .await?;
    let udam = Binary::udam()?;
    let path = udam.path().to_str().context("the path of udam")?;
    let few_files = "ulimit -n 1024 && exec \"$0\" serve";
    let shell = Binary::at("/bin/sh".into())?;
    let server = Server::spawn(shell.command(["-c", few_files, path], variables)).await?;
    let market = Market {
        database,
        servers: vec![server],
        errors: ErrorResponses::default(),
    };
    let (_seller, listing) = seller_with_listing(&market, weather_listing(100)).await?;
    let buyer: Client = market.sign_up("buyer").await?;
    let hostile = Ipv4Addr::new(127, 0, 0, 2);
    let attacker = market.sign_up("attacker").await?;
    let head = chunked_order_head(attacker.session());
    let opening = (0..1_100).map(|_| open_endless_body(market.address(0), hostile, &head));
    let attackers = join_all(opening).await;
    let mut fastest = Duration::MAX;
    for _ in 0..10 {
        let start = Instant::now();
        assert_eq!(buyer.buy(&listing, 1).await?.status, 201);
        fastest = fastest.min(start.elapsed());
    }
    // The machine has other tests to run: the slowest says nothing.
    assert!(fastest < Duration::from_millis(100), "{fastest:?}");
    let cut = "udam_http_connections_cut_total{reason=\"too_many\"}";
    assert!(market.metric(0, cut).await? >= 800);
    drop(attackers);
    Ok(())
}

/// The most memory that a process has had, in KiB.
fn peak_memory(process: u32) -> Result<usize> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.context("no peak")?.trim().trim_end_matches(" kB");
    Ok(peak.parse()?)
}

#[tokio::test]
async fn unsigned_webhooks_cost_little_memory() -> Result<()> {
    raise_own_limit()?;
    let market = MarketBuilder::new()
        .set("UDAM_PUBLIC_URL", "https://udam.example")
        .set("STRIPE_SECRET_KEY", "sk_test_1")
        .set("STRIPE_WEBHOOK_SECRET", "whsec_1")
        .start()
        .await?;
    let (address, process) = (market.address(0), market.servers[0].id());
    assert_eq!(market.client()?.get("/v1/listings").await?.status, 200);
    let before = peak_memory(process)?;
    let large = vec![b' '; 1024 * 1024];
    let sending = (0..600).map(|_| async {
        let head = format!(
            "POST /v1/webhooks/stripe HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n",
            large.len()
        );
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(head.as_bytes()).await?;
        // The server closes before it has read all.
        let _ = stream.write_all(&large).await;
        let mut response = Vec::new();
        let _ = stream.read_to_end(&mut response).await;
        anyhow::Ok(response.starts_with(b"HTTP/1.1 401 "))
    });
    let refused = join_all(sending).await;
    let refused = refused.iter().filter(|refused| matches!(refused, Ok(true)));
    assert_eq!(refused.count(), 600);
    let more = peak_memory(process)? - before;
    assert!(more < 200 * 1024, "{more} KiB");
    Ok(())
}
