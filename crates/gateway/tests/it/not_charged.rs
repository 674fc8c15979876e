//! Calls that end without what was sold are returned.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use udam_domain::gateway::{CallTimeout, DrawRefused};
use udam_domain::time::RetryAfter;

use crate::market::{Market, Names, Settings, status};
use crate::service::{Connection, Service, drain};

fn named(endpoint: &str, addresses: &[&str]) -> Settings {
    let mut settings = Settings::of(endpoint);
    let addresses = addresses.iter().map(|address| address.parse().unwrap());
    settings.upstream.resolver = Arc::new(Names(vec![("api.example", addresses.collect())]));
    settings
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_does_not_exist() {
    let mut market = Market::of("http://api.example");
    let response = market.get("/").await;
    response.expect_problem(502, "upstream_unreachable");
    assert_eq!(response.header("udam-units-charged"), "0");
    assert_eq!(response.header("udam-units-remaining"), "100");
    market.expect_returned("name_not_found").await;
    let mut market = Market::open(named("http://api.example", &[]));
    market
        .get("/")
        .await
        .expect_problem(502, "upstream_unreachable");
    market.expect_returned("name_not_found").await;
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
        market
            .get("/")
            .await
            .expect_problem(502, "upstream_unreachable");
        market.expect_returned("address_refused").await;
    }
    assert_eq!(service.connections(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_without_tls_is_not_called_in_production() {
    let mut settings = named("http://api.example", &["8.8.8.8"]);
    settings.upstream.allow_private = false;
    let mut market = Market::open(settings);
    market
        .get("/")
        .await
        .expect_problem(502, "upstream_unreachable");
    market.expect_returned("address_refused").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_refused() {
    let service = Service::answering("").await;
    let url = service.url();
    drop(service);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut market = Market::of(url);
    market
        .get("/")
        .await
        .expect_problem(502, "upstream_unreachable");
    market.expect_returned("connection_refused").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_not_made_in_time() {
    let mut settings = Settings::of("http://silent.example");
    settings.upstream.connect_timeout = Duration::from_millis(200);
    let mut market = Market::open(settings);
    market
        .get("/")
        .await
        .expect_problem(504, "upstream_timeout");
    market.expect_returned("connect_timeout").await;
    let silent = Service::start(Connection::closed).await;
    let mut settings = Settings::of(silent.url().replace("http:", "https:"));
    settings.upstream.connect_timeout = Duration::from_millis(200);
    let mut market = Market::open(settings);
    market
        .get("/")
        .await
        .expect_problem(504, "upstream_timeout");
    market.expect_returned("connect_timeout").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_fails() {
    let plain = Service::closing("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let plain_url = plain.url().replace("http:", "https:");
    let closed = Service::start(|connection| async move { drop(connection) }).await;
    for url in [plain_url, closed.url().replace("http:", "https:")] {
        let service = Service::start(|mut connection| async move {
            connection.some().await;
            connection.send("HTTP/1.1 400 Bad Request\r\n\r\n").await;
        });
        drop(service);
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
    market
        .get("/")
        .await
        .expect_problem(504, "upstream_timeout");
    market.expect_returned("first_byte_timeout").await;
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
        let response = market.get("/").await;
        response.expect_problem(502, "upstream_broken");
        market.expect_returned("broken").await;
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
    tokio::time::timeout(crate::market::PATIENCE, noticed.notified())
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

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_refused() {
    let service = Service::answering("").await;
    let now = "2026-11-30T00:00:00Z".parse().unwrap();
    let later = "2026-11-30T00:00:03Z".parse().unwrap();
    let units = crate::market::units(2);
    let left = udam_domain::units::Stock::new(1).unwrap();
    for (refused, status, code) in [
        (DrawRefused::InvalidKey, 401, "invalid_access_key"),
        (DrawRefused::TokenRevoked, 410, "token_revoked"),
        (DrawRefused::TokenExpired, 410, "token_expired"),
        (DrawRefused::ListingArchived, 410, "listing_archived"),
        (DrawRefused::TokenSuspended, 423, "token_suspended"),
        (DrawRefused::NotSold, 403, "call_not_allowed"),
        (
            DrawRefused::UnitsExhausted {
                left,
                needed: units,
            },
            402,
            "units_exhausted",
        ),
        (
            DrawRefused::KeyUnitsExhausted {
                left,
                needed: units,
            },
            402,
            "units_exhausted",
        ),
        (
            DrawRefused::RateLimited(RetryAfter::at(later, now)),
            429,
            "rate_limited",
        ),
    ] {
        let mut settings = Settings::of(service.url());
        settings.refuse = Some(refused);
        let mut market = Market::open(settings);
        let response = market.get("/").await;
        response.expect_problem(status, code);
        if status == 429 {
            assert_eq!(response.header("retry-after"), "3");
        }
        assert!(market.no_more_ended());
    }
    assert_eq!(service.connections(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_missing_or_wrong() {
    let service = Service::answering("").await;
    let market = Market::of(service.url());
    let mut client = market.client().await;
    for header in [
        "",
        "Authorization: Bearer udk_wrong\r\n",
        "Authorization: Bearer sk_1\r\n",
    ] {
        client
            .send(format!(
                "GET {}/ HTTP/1.1\r\nHost: x\r\n{header}\r\n",
                Market::path()
            ))
            .await;
        let (response, _) = client.response().await;
        response.expect_problem(401, "invalid_access_key");
        assert_eq!(response.header("www-authenticate"), "Bearer");
    }
    assert_eq!((market.drawn(), service.connections()), (0, 0));
}
