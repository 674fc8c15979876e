//! What production is by default, and what it warns of at the start.

use anyhow::Result;
use reqwest::Method;
use serde_json::json;
use udam_testkit::{Binary, Market, MarketBuilder, wait_until};

use crate::assertions::assert_problem;

/// The master key that examples and placeholders have.
const ZEROS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const OTHER: &str = "//////////////////////////////////////////8=";

/// The lines of a market's log that warn and contain a text.
fn warnings(market: &Market, text: &str) -> Vec<String> {
    let logs = market.logs();
    let lines = logs
        .lines()
        .filter(|line| line.contains("\"WARN\"") && line.contains(text));
    lines.map(str::to_owned).collect()
}

#[tokio::test]
async fn a_master_key_of_zeros_seals_nothing() -> Result<()> {
    let keys = format!("k1:{ZEROS},k2:{OTHER}");
    let output = Binary::udam()?
        .run(
            ["serve"],
            [
                ("DATABASE_URL", "postgres://udam@localhost/udam"),
                ("UDAM_MASTER_KEYS", keys.as_str()),
            ],
        )
        .await?;
    assert_eq!(output.code, Some(2), "{}", output.stderr);
    for expected in ["UDAM_MASTER_KEYS", "k1 is all zeros", "udam keys generate"] {
        assert!(output.stderr.contains(expected), "{}", output.stderr);
    }
    let older = format!("k2:{OTHER},k1:{ZEROS}");
    let market = MarketBuilder::new()
        .set("UDAM_MASTER_KEYS", &older)
        .start()
        .await?;
    assert_eq!(market.operator(0)?.get("/readyz").await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn every_response_tells_browsers_to_use_tls() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    for path in [
        "/",
        "/nowhere",
        "/favicon.ico",
        "/healthz",
        "/openapi.json",
        "/docs/",
        "/v1/listings",
        "/v1/me",
        "/v1/nowhere",
    ] {
        let response = visitor.get(path).await?;
        let policy = response.header("strict-transport-security");
        assert_eq!(policy, "max-age=31536000", "{path}");
    }
    let created = visitor.post("/v1/auth/register", json!({})).await?;
    assert_problem(&created, 422, "invalid_request");
    let policy = created.header("strict-transport-security");
    assert_eq!(policy, "max-age=31536000");
    Ok(())
}

#[tokio::test]
async fn addresses_without_tls_are_warned_of_at_the_start() -> Result<()> {
    for (scheme, expected) in [("http", 1), ("https", 0)] {
        let market = MarketBuilder::new()
            .set("UDAM_PUBLIC_URL", &format!("{scheme}://udam.example"))
            .set("STRIPE_API_BASE", &format!("{scheme}://stripe.invalid"))
            .set("STRIPE_SECRET_KEY", "sk_test_1")
            .set("STRIPE_WEBHOOK_SECRET", "whsec_1")
            .start()
            .await?;
        for setting in ["UDAM_PUBLIC_URL", "STRIPE_API_BASE"] {
            let warned = warnings(&market, setting);
            assert_eq!(warned.len(), expected, "{setting}: {warned:?}");
        }
        assert_eq!(warnings(&market, "sslmode").len(), 0);
    }
    Ok(())
}

#[tokio::test]
async fn a_proxy_that_is_not_trusted_is_warned_of_once() -> Result<()> {
    for (trusted, expected) in [(None, 1), (Some("192.0.2.1"), 0)] {
        let builder = MarketBuilder::new();
        let market = match trusted {
            Some(proxies) => builder.set("UDAM_TRUSTED_PROXIES", proxies),
            None => builder,
        };
        let market = market.start().await?;
        let visitor = market.client()?;
        assert_eq!(visitor.get("/v1/listings").await?.status, 200);
        assert_eq!(warnings(&market, "UDAM_TRUSTED_PROXIES").len(), 0);
        for path in ["/", "/v1/listings", "/"] {
            let request = visitor.request(Method::GET, path);
            let request = request.header("X-Forwarded-For", "198.51.100.1");
            assert_eq!(visitor.send(request).await?.status, 200);
        }
        wait_until("the access log of the last request", async || {
            let is_page = |line: &str| line.contains("udam::access") && line.contains("\"/\"");
            Ok(market.logs().lines().filter(|line| is_page(line)).count() == 2)
        })
        .await?;
        let warned = warnings(&market, "UDAM_TRUSTED_PROXIES");
        assert_eq!(warned.len(), expected, "{warned:?}");
    }
    Ok(())
}
