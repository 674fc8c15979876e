//! Addresses of callers, with and without a proxy.

use anyhow::Result;
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::json;
use udam_testkit::{Client, Market, MarketBuilder, PASSWORD, unique_email, wait_for};

/// A market that limits callers and trusts this proxy. All callers here have the address of this machine.
async fn market_trusting(proxy: &str) -> Result<Market> {
    MarketBuilder::new()
        .set("UDAM_TRUSTED_PROXIES", proxy)
        .set("UDAM_RATE_LIMIT", "on")
        .start()
        .await
}

/// Sends an invalid login to the API, which costs no password hash, and returns the status.
async fn try_login(client: &Client, forwarded_for: &str) -> Result<u16> {
    let request = client.request(Method::POST, "/v1/auth/login");
    let request = request.header("X-Forwarded-For", forwarded_for);
    Ok(client.send(request.json(&json!({}))).await?.status)
}

/// The same through the page, with a forged form.
async fn try_login_page(client: &Client, forwarded_for: &str) -> Result<u16> {
    let request = client.request(Method::POST, "/login");
    let request = request.header("X-Forwarded-For", forwarded_for);
    let form = "application/x-www-form-urlencoded";
    let request = request.header("Content-Type", form).body("csrf=forged");
    Ok(client.send(request).await?.status)
}

#[tokio::test]
async fn callers_behind_a_trusted_proxy_have_separate_limits() -> Result<()> {
    let market = market_trusting("10.0.0.0/8, 127.0.0.1").await?;
    let proxy = market.client()?;
    for number in 0..10 {
        // An address that the caller has invented, that of the caller, and that of another proxy.
        let forwarded_for = format!("203.0.113.{number}, 198.51.100.1, 10.1.2.3");
        assert_eq!(try_login(&proxy, &forwarded_for).await?, 422);
    }
    assert_eq!(try_login(&proxy, "198.51.100.1").await?, 429);
    assert_eq!(try_login_page(&proxy, "198.51.100.1").await?, 429);
    assert_eq!(try_login(&proxy, "198.51.100.2").await?, 422);
    assert_eq!(try_login_page(&proxy, "198.51.100.2").await?, 403);
    Ok(())
}

#[tokio::test]
async fn an_untrusted_caller_cannot_choose_its_address() -> Result<()> {
    let market = market_trusting("192.0.2.1").await?;
    let caller = market.client()?;
    for number in 0..10 {
        let made_up = format!("203.0.113.{number}");
        assert_eq!(try_login(&caller, &made_up).await?, 422);
    }
    for made_up in ["203.0.113.10", "192.0.2.1", "203.0.113.10, 192.0.2.1"] {
        assert_eq!(try_login(&caller, made_up).await?, 429);
        assert_eq!(try_login_page(&caller, made_up).await?, 429);
    }
    Ok(())
}

#[tokio::test]
async fn sessions_and_audit_have_the_address_of_the_caller() -> Result<()> {
    for (proxy, address) in [("127.0.0.1", "198.51.100.7"), ("192.0.2.1", "127.0.0.1")] {
        let market = market_trusting(proxy).await?;
        let visitor = market.client()?;
        let request = visitor.request(Method::POST, "/v1/auth/register");
        let request = request.header("X-Forwarded-For", "203.0.113.9, 198.51.100.7");
        let body = json!({"email": unique_email("ada"), "password": PASSWORD});
        let registered = visitor.send(request.json(&body)).await?;
        let ada = visitor.with_session(registered.text_at("/session_token"));
        let sessions = ada.sessions().await?;
        assert_eq!(sessions.items()[0]["address"], address);
        let recorded = format!(
            "SELECT count(*) FROM audit_events e JOIN addresses_of_actions a ON a.event_id = e.id
            WHERE e.action = 'logged_in' AND a.address = '{address}'"
        );
        assert_eq!(market.database.count(&recorded).await?, 1);
    }
    Ok(())
}

#[tokio::test]
async fn the_access_log_names_the_account_of_a_page() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let visitor = market.client()?;
    let registered = visitor.register(&unique_email("ada"), PASSWORD).await?;
    let (token, id) = (
        registered.text_at("/session_token"),
        registered.text_at("/user/id"),
    );
    let page = visitor.request(Method::GET, "/my/sales");
    let page = page.header("Cookie", format!("__Host-udam_session={token}"));
    assert_eq!(visitor.send(page).await?.status, 200);
    wait_for("the access log of the page", async || {
        let logs = market.logs();
        let line = logs
            .lines()
            .find(|line| line.contains("udam::access") && line.contains("/my/sales"));
        Ok(line.map(|line| assert!(line.contains(id), "{line}")))
    })
    .await
}

#[tokio::test]
async fn an_odd_cookie_of_another_site_ends_no_session() -> Result<()> {
    let market = Market::shared().await?;
    let visitor = market.client()?;
    let registered = visitor.register(&unique_email("ada"), PASSWORD).await?;
    let session = format!(
        "__Host-udam_session={}",
        registered.text_at("/session_token")
    );
    for odd in [&b"z=\xe9"[..], b"\xff\xfe\xfd", b"=%%%", b"z=\"a; b"] {
        for cookies in [
            [odd, b"; ", session.as_bytes()].concat(),
            [session.as_bytes(), b";", odd].concat(),
        ] {
            let page = visitor.request(Method::GET, "/account");
            let page = page.header("Cookie", HeaderValue::from_bytes(&cookies)?);
            assert_eq!(visitor.send(page).await?.status, 200, "{odd:?}");
        }
    }
    Ok(())
}
