//! Calls by scripts of other sites.

use crate::client::Response;
use crate::market::Market;
use crate::service::Service;

const ORIGIN: &str = "Origin: https://elsewhere.example\r\n";

/// Asks whether a call may be made, as browsers do: without the access key.
async fn preflight(market: &Market, path: &str) -> Response {
    let mut client = market.client().await;
    let head = format!(
        "OPTIONS {}{path} HTTP/1.1\r\nHost: x\r\n{ORIGIN}Access-Control-Request-Method: PUT\r\n\
         Access-Control-Request-Headers: authorization,content-type\r\n\r\n",
        Market::path()
    );
    client.send(head).await;
    let (response, _) = client.response().await;
    response
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preflight_is_answered_without_a_call() {
    let service = Service::answering("").await;
    let market = Market::of(service.url());
    for path in ["", "/", "/v1/rain?q=1"] {
        let response = preflight(&market, path).await;
        assert_eq!((response.status, response.text()), (204, ""));
        for (name, value) in [
            ("access-control-allow-origin", "*"),
            ("access-control-allow-methods", "PUT"),
            ("access-control-allow-headers", "authorization,content-type"),
            ("access-control-allow-credentials", ""),
            ("udam-call-id", ""),
        ] {
            assert_eq!(response.header(name), value, "{name}");
        }
    }
    assert_eq!((market.drawn(), service.connections()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_of_every_site_read_answers_and_problems() {
    let service = Service::answering(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nAccess-Control-Allow-Origin: https://a.example\r\n\
         Access-Control-Allow-Credentials: true\r\n\r\nok",
    )
    .await;
    let mut market = Market::of(service.url());
    let answered = market.call("GET", "/v1/rain", ORIGIN).await;
    assert_eq!((answered.status, answered.text()), (200, "ok"));
    market.expect_charged("answered").await;
    let mut client = market.client().await;
    let head = format!(
        "GET {}/ HTTP/1.1\r\nHost: x\r\n{ORIGIN}\r\n",
        Market::path()
    );
    client.send(head).await;
    let (refused, _) = client.response().await;
    refused.expect_problem(401, "invalid_access_key");
    for response in [answered, refused] {
        assert_eq!(response.headers("access-control-allow-origin"), ["*"]);
        assert_eq!(response.headers("access-control-expose-headers"), ["*"]);
        assert!(
            response
                .headers("access-control-allow-credentials")
                .is_empty()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn options_that_are_no_preflight_are_a_call() {
    let service = Service::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
    let mut market = Market::of(service.url());
    let answered = market.call("OPTIONS", "/v1/rain", ORIGIN).await;
    assert_eq!((answered.status, answered.text()), (200, "ok"));
    market.expect_charged("answered").await;
    assert!(service.received().starts_with("OPTIONS /v1/rain "));
}
