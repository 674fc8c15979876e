//! What clients get of answers, and what calls cost.

use std::time::Duration;

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
async fn a_redirect_below_the_service_stays_on_the_gateway() {
    let service = Service::answering(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: /base/v2?a=b\r\nContent-Length: 0\r\n\r\n",
    )
    .await;
    let mut market = Market::of(format!("{}/base", service.url()));
    let response = market.get("/v1").await;
    assert_eq!(response.status, 307);
    assert_eq!(
        response.header("location"),
        format!("{}/v2?a=b", Market::path())
    );
    market.expect_charged("answered").await;
    assert_eq!(service.received().matches("HTTP/1.1").count(), 1);
}
