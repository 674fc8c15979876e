//! Calls that end without what was sold are returned.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use udam_domain::gateway::CallTimeout;
use udam_gateway::Resolve;

use crate::client::Response;
use crate::market::{Market, Names, Settings, status};
use crate::service::{Connection, Service};

fn named(endpoint: &str, addresses: &[&str]) -> Settings {
    let mut settings = Settings::of(endpoint);
    let addresses = addresses.iter().map(|address| address.parse().unwrap());
    settings.upstream.resolver = Arc::new(Names(vec![("api.example", addresses.collect())]));
    settings
}

/// Checks that a call is answered by this problem, and returned with this outcome.
async fn expect_failure(market: &mut Market, problem: (u16, &str), outcome: &str) -> Response {
    let response = market.get("/").await;
    response.expect_problem(problem.0, problem.1);
    market.expect_returned(outcome).await;
    response
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_does_not_exist() {
    let mut market = Market::of("http://api.example");
    let problem = (502, "upstream_unreachable");
    let response = expect_failure(&mut market, problem, "name_not_found").await;
    assert_eq!(response.header("udam-units-charged"), "0");
    assert_eq!(response.header("udam-units-remaining"), "100");
    let mut market = Market::open(named("http://api.example", &[]));
    expect_failure(&mut market, (502, "upstream_unreachable"), "name_not_found").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_not_public_is_never_contacted() {
    let service = Service::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let port = service.address.port();
    for (host, addresses) in [
        ("api.example", &["127.0.0.1"][..]),
        (
            "api.example",
            &[
                "::ffff:127.0.0.1",
                "10.0.0.1",
                "64:ff9b::7f00:1",
                "2002:7f00:1::",
            ],
        ),
        ("127.0.0.1", &[]),
        ("[::ffff:127.0.0.1]", &[]),
    ] {
        let mut settings = named(&format!("https://{host}:{port}"), addresses);
        settings.upstream.allow_private = false;
        let mut market = Market::open(settings);
        expect_failure(
            &mut market,
            (502, "upstream_unreachable"),
            "address_refused",
        )
        .await;
    }
    assert_eq!(service.connections(), 0);
}

/// A name whose address changes each time it is looked up.
struct Changing(AtomicUsize);

#[async_trait]
impl Resolve for Changing {
    async fn resolve(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        let count = self.0.fetch_add(1, Ordering::Relaxed);
        let address = if count == 0 { "127.0.0.1" } else { "10.0.0.1" };
        Ok(vec![address.parse().unwrap()])
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_that_was_checked_is_the_one_that_is_called() {
    let service = Service::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let resolver = Arc::new(Changing(AtomicUsize::new(0)));
    let mut settings = Settings::of(format!("http://api.example:{}", service.address.port()));
    settings.upstream.resolver = resolver.clone();
    let mut market = Market::open(settings);
    assert_eq!(market.get("/").await.status, 200);
    market.expect_charged("answered").await;
    assert_eq!(resolver.0.load(Ordering::Relaxed), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_without_tls_is_not_called_in_production() {
    let mut settings = named("http://api.example", &["8.8.8.8"]);
    settings.upstream.allow_private = false;
    let mut market = Market::open(settings);
    expect_failure(
        &mut market,
        (502, "upstream_unreachable"),
        "address_refused",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_refused() {
    let service = Service::answering("").await;
    let url = service.url();
    drop(service);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut market = Market::of(url);
    expect_failure(
        &mut market,
        (502, "upstream_unreachable"),
        "connection_refused",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_not_made_in_time() {
    let mut settings = Settings::of("http://silent.example");
    settings.upstream.connect_timeout = Duration::from_millis(200);
    let mut market = Market::open(settings);
    expect_failure(&mut market, (504, "upstream_timeout"), "connect_timeout").await;
    let silent = Service::start(Connection::closed).await;
    let mut settings = Settings::of(silent.url().replace("http:", "https:"));
    settings.upstream.connect_timeout = Duration::from_millis(200);
    let mut market = Market::open(settings);
    expect_failure(&mut market, (504, "upstream_timeout"), "connect_timeout").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_fails() {
    let plain = Service::closing("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let plain_url = plain.url().replace("http:", "https:");
    let closed = Service::start(|connection| async move { drop(connection) }).await;
    for url in [plain_url, closed.url().replace("http:", "https:")] {
        let mut settings = Settings::of(url.clone());
        settings.upstream.connect_timeout = Duration::from_secs(2);
        let mut market = Market::open(settings);
        let response = market.get("/").await;
        let call = market.ended().await;
        if call.outcome.name() == "tls_failed" {
            response.expect_problem(502, "upstream_unreachable");
        } else {
            // The plain service waits for a head that never ends.
            assert_eq!(
                (
                    url.contains(&plain.address.to_string()),
                    call.outcome.name()
                ),
                (true, "connect_timeout")
            );
        }
        assert_eq!(call.units, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_does_not_come_in_time() {
    let service = Service::start(|mut connection| async move {
        connection.head().await;
        connection.send("HTTP/1.1 200 OK\r\n").await;
        connection.closed().await;
    })
    .await;
    let mut settings = Settings::of(service.url());
    settings.terms.timeout = CallTimeout::new(1).unwrap();
    let mut market = Market::open(settings);
    expect_failure(&mut market, (504, "upstream_timeout"), "first_byte_timeout").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_not_http_or_none() {
    let large = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(300_000));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X: y\r\n".repeat(1_000));
    for answer in [
        "",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "SSH-2.0-OpenSSH_9.6\r\n",
        "HTTP/1.1 200 OK\r\nX Y: z\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
        &large,
        &many,
    ] {
        let service = Service::closing(answer).await;
        let mut market = Market::of(service.url());
        expect_failure(&mut market, (502, "upstream_broken"), "broken").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_an_error() {
    for (code, name) in [
        (500, "Internal Server Error"),
        (503, "Service Unavailable"),
        (404, "Not Found"),
    ] {
        let answer = format!("HTTP/1.1 {code} {name}\r\nContent-Length: 4\r\n\r\noops");
        let service = Service::answering(answer).await;
        let mut market = Market::of(service.url());
        let response = market.get("/").await;
        assert_eq!((response.status, response.text()), (code, "oops"));
        assert_eq!(response.header("udam-units-charged"), "0");
        let call = market.expect_returned("answered").await;
        assert_eq!((status(&call), call.response_bytes), (code, 4));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_broken_off() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\nxyz\r\n",
    ] {
        let service = Service::closing(answer).await;
        let mut market = Market::of(service.url());
        let mut client = market.client().await;
        client
            .send(format!("{}\r\n", market.head("GET", "/")))
            .await;
        let (response, is_whole) = client.response().await;
        assert_eq!((response.status, is_whole), (200, false));
        let call = market.expect_returned("cut_short").await;
        assert_eq!(call.response_bytes, 5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_pauses_for_too_long() {
    let service = Service::start(|mut connection| async move {
        connection.head().await;
        connection
            .send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345")
            .await;
        connection.closed().await;
    })
    .await;
    let mut settings = Settings::of(service.url());
    settings.upstream.idle_timeout = Duration::from_millis(300);
    let mut market = Market::open(settings);
    let mut client = market.client().await;
    client
        .send(format!("{}\r\n", market.head("GET", "/")))
        .await;
    let (_, is_whole) = client.response().await;
    assert!(!is_whole);
    market.expect_returned("cut_short").await;
}
