//! Cross-origin requests (CORS).

use anyhow::Result;
use reqwest::Method;
use udam_testkit::{Client, Market, Response};

use crate::assertions::assert_problem;

const ORIGIN: &str = "https://elsewhere.example";

async fn preflight(client: &Client, method: &str, path: &str) -> Result<Response> {
    let request = client
        .signed_out()
        .request(Method::OPTIONS, path)
        .header("Origin", ORIGIN)
        .header("Access-Control-Request-Method", method)
        .header("Access-Control-Request-Headers", "authorization");
    client.send(request).await
}

#[tokio::test]
async fn public_reads_are_shared_with_every_origin_and_nothing_else_is() -> Result<()> {
    let client = Market::shared().await?.sign_up("script").await?;
    let missing = "/v1/listings/lst_01h455vb4pex5vsknk084sn02q";
    let receipt_keys = "/.well-known/udam-receipts.json";
    for path in [
        "/v1/listings",
        missing,
        "/openapi.json",
        receipt_keys,
        "/healthz",
    ] {
        let request = client.request(Method::GET, path).header("Origin", ORIGIN);
        let shared = client.send(request).await?;
        assert_eq!(shared.header("access-control-allow-origin"), "*", "{path}");
        assert_eq!(shared.header("access-control-expose-headers"), "*");
        assert_eq!(shared.header("access-control-allow-credentials"), "");
        assert_eq!(shared.header("vary"), "");
        let allowed = preflight(&client, "GET", path).await?;
        assert_eq!((allowed.status, allowed.text.as_str()), (204, ""), "{path}");
        assert_eq!(allowed.header("access-control-allow-origin"), "*");
        assert_eq!(allowed.header("access-control-allow-methods"), "GET, HEAD");
        // Not `Authorization`, which was asked for.
        let headers = allowed.header("access-control-allow-headers");
        assert_eq!(headers, "Content-Type, X-Request-Id");
    }
    for (method, path) in [
        ("POST", "/v1/listings"),
        ("PATCH", missing),
        ("GET", "/v1/me"),
        ("POST", "/v1/orders"),
        ("POST", "/v1/auth/login"),
        ("POST", "/v1/auth/logout"),
    ] {
        let refused = preflight(&client, method, path).await?;
        assert_problem(&refused, 405, "method_not_allowed");
        assert_eq!(refused.header("access-control-allow-origin"), "");
        let request = client.request(method.parse()?, path);
        let sent = client.send(request.header("Origin", ORIGIN)).await?;
        assert_eq!(sent.header("access-control-allow-origin"), "", "{path}");
    }
    for page in ["/", "/login", "/orders", "/feed.xml", "/docs/"] {
        let request = client.request(Method::GET, page).header("Origin", ORIGIN);
        let page = client.send(request).await?;
        assert_eq!(page.header("access-control-allow-origin"), "");
    }
    Ok(())
}
