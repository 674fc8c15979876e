use anyhow::Result;
use reqwest::Method;
use udam_testkit::{Market, MarketBuilder, weather_listing};

use crate::expect::{assert_answer, assert_problem};
use crate::scenes::on_sale;

#[tokio::test]
async fn a_server_tells_that_it_is_alive_and_ready() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    for path in ["/healthz", "/readyz"] {
        let answer = visitor.get(path).await?;
        assert_answer(&answer, 200);
        assert_eq!(answer["status"], "ok");
        let head = visitor.send(visitor.request(Method::HEAD, path)).await?;
        assert_eq!((head.status, head.text.as_str()), (200, ""));
    }
    Ok(())
}

#[tokio::test]
async fn metrics_count_requests_and_orders() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let (_seller, listing) = on_sale(&market, weather_listing(2)).await?;
    let buyer = market.sign_up("buyer").await?;
    for _ in 0..3 {
        buyer.buy(&listing, 1).await?;
    }
    let answer = buyer.get("/metrics").await?;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").starts_with("text/plain"));
    for expected in [
        "# TYPE",
        "/v1/orders",
        "status=\"201\"",
        "status=\"409\"",
        "insufficient_units",
        "udam_pool",
    ] {
        assert!(
            answer.text.contains(expected),
            "no {expected} in:\n{}",
            answer.text
        );
    }
    // A metric per listing or buyer would grow without end.
    assert!(!answer.text.contains(&listing));
    Ok(())
}

#[tokio::test]
async fn the_openapi_document_describes_every_call() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let answer = visitor.get("/openapi.json").await?;
    assert_answer(&answer, 200);
    assert!(answer.text_at("/openapi").starts_with("3.1"));
    for call in [
        "post /v1/auth/register",
        "post /v1/auth/login",
        "post /v1/auth/logout",
        "get /v1/auth/sessions",
        "delete /v1/auth/sessions/{id}",
        "post /v1/auth/logout-everywhere",
        "post /v1/auth/password",
        "get /v1/listings",
        "post /v1/listings",
        "get /v1/listings/{id}",
        "patch /v1/listings/{id}",
        "get /v1/me/listings",
        "post /v1/orders",
        "get /v1/orders",
        "get /v1/orders/{id}",
        "get /v1/me/sales",
        "post /v1/orders/{id}/checkout",
        "post /v1/orders/{id}/cancel",
        "post /v1/orders/{id}/refund",
        "get /v1/tokens",
        "get /v1/tokens/{id}",
        "post /v1/tokens/{id}/reveal",
        "post /v1/tokens/{id}/revoke",
        "get /v1/tab",
        "post /v1/tab/checkout",
        "post /v1/webhooks/stripe",
        "get /healthz",
        "get /readyz",
        "get /metrics",
    ] {
        let (method, path) = call.split_once(' ').unwrap();
        assert!(
            answer["paths"][path][method].is_object(),
            "{call} is not described"
        );
    }
    Ok(())
}

#[tokio::test]
async fn the_documentation_is_served_as_pages() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let page = visitor.get("/docs").await?;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    for file in [
        "swagger-initializer.js",
        "swagger-ui.css",
        "swagger-ui-bundle.js",
    ] {
        assert!(page.text.contains(file), "{file}");
        assert_eq!(
            visitor.get(&format!("/docs/{file}")).await?.status,
            200,
            "{file}"
        );
    }
    for missing in [
        "/docs/nothing",
        "/docs/../openapi.json.bak",
        "/docs/%2e%2e/Cargo.toml",
    ] {
        assert_eq!(visitor.get(missing).await?.status, 404, "{missing}");
    }
    Ok(())
}

#[tokio::test]
async fn operators_may_be_served_at_an_address_of_their_own() -> Result<()> {
    // A port that was free a moment ago; somebody may take it meanwhile, but hardly does.
    let free = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let market = MarketBuilder::new()
        .set("UDAM_ADMIN_LISTEN", &free.to_string())
        .start()
        .await?;
    let (clients, operators) = (market.client()?, market.client()?.at(free));
    for path in ["/readyz", "/metrics"] {
        assert_problem(&clients.get(path).await?, 404, "not_found");
        assert_eq!(operators.get(path).await?.status, 200, "{path}");
    }
    assert_eq!(
        (
            clients.get("/healthz").await?.status,
            operators.get("/healthz").await?.status
        ),
        (200, 200)
    );
    assert_eq!(operators.get("/v1/listings").await?.status, 404);
    Ok(())
}
