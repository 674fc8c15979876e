//! Guessing passwords, at several servers, beside the account's owner.

use anyhow::{Context, Result};
use futures::future::try_join_all;
use reqwest::Method;
use serde_json::json;
use udam_testkit::{Client, Market, MarketBuilder, PASSWORD, Response, unique_email};

use crate::assertions::{assert_problem, count_by_outcome};

/// Address of the owner of the account that is guessed at.
const OWNER: &str = "198.51.100.1";

/// Attempts at one password that need not wait.
const FREE: usize = 10;

/// Two servers that believe who calls, and do not limit callers.
async fn market() -> Result<Market> {
    MarketBuilder::new()
        .servers(2)
        .set("UDAM_TRUSTED_PROXIES", "127.0.0.1")
        .set("UDAM_RATE_LIMIT", "off")
        .start()
        .await
}

async fn post(
    client: &Client,
    path: &str,
    from: &str,
    body: serde_json::Value,
) -> Result<Response> {
    let request = client.request(Method::POST, path);
    let request = request.header("X-Forwarded-For", from);
    client.send(request.json(&body)).await
}

async fn log_in(client: &Client, from: &str, email: &str, password: &str) -> Result<Response> {
    let body = json!({"email": email, "password": password});
    post(client, "/v1/auth/login", from, body).await
}

async fn register(client: &Client, email: &str) -> Result<Response> {
    let body = json!({"email": email, "password": PASSWORD});
    post(client, "/v1/auth/register", OWNER, body).await
}

/// Guesses from one address after another, at both servers, until that is refused. Returns the number of
/// guesses.
async fn guess_until_refused(market: &Market, email: &str) -> Result<usize> {
    for guess in 0..40_usize {
        let visitor = market.client()?.at(market.address(guess));
        let from = format!("203.0.113.{guess}");
        let response = log_in(&visitor, &from, email, "a guess").await?;
        if response.status == 429 {
            assert_problem(&response, 429, "rate_limited");
            let wait: u64 = response.header("retry-after").parse()?;
            assert!((1..=900).contains(&wait), "{wait}");
            return Ok(guess);
        }
        assert_problem(&response, 401, "invalid_credentials");
    }
    anyhow::bail!("the guesses are not limited")
}

#[tokio::test]
async fn an_owner_where_it_has_logged_in_before_gets_in_while_strangers_guess() -> Result<()> {
    let market = market().await?;
    let email = unique_email("ada");
    let visitor = market.client()?;
    assert_eq!(register(&visitor, &email).await?.status, 201);
    guess_until_refused(&market, &email).await?;
    // Elsewhere, its owner is a stranger too.
    let refused = log_in(&visitor, "192.0.2.200", &email, PASSWORD).await?;
    assert_problem(&refused, 429, "rate_limited");
    for server in 0..2 {
        let visitor = visitor.at(market.address(server));
        let opened = log_in(&visitor, OWNER, &email, PASSWORD).await?;
        assert_eq!(opened.status, 200, "{}", opened.text);
    }
    let refused = log_in(&visitor, "203.0.113.1", &email, "a guess").await?;
    assert_problem(&refused, 429, "rate_limited");
    Ok(())
}

#[tokio::test]
async fn a_place_that_is_known_has_a_limit_of_its_own() -> Result<()> {
    let market = market().await?;
    let email = unique_email("ada");
    let visitor = market.client()?;
    register(&visitor, &email).await?;
    // The right password in between starts the count anew.
    for guesses in [FREE - 1, FREE] {
        for _ in 0..guesses {
            let wrong = log_in(&visitor, OWNER, &email, "a guess").await?;
            assert_problem(&wrong, 401, "invalid_credentials");
        }
        let opened = log_in(&visitor, OWNER, &email, PASSWORD).await?;
        assert_eq!(opened.status == 200, guesses < FREE, "{}", opened.text);
    }
    // Its failures are not those of strangers.
    let wrong = log_in(&visitor, "203.0.113.1", &email, "a guess").await?;
    assert_problem(&wrong, 401, "invalid_credentials");
    // After the wait, another attempt is admitted.
    let earlier = "UPDATE login_failures SET last_at = last_at - interval '1 second'";
    market.database.execute(earlier).await?;
    let opened = log_in(&visitor, OWNER, &email, PASSWORD).await?;
    assert_eq!(opened.status, 200, "{}", opened.text);
    Ok(())
}

#[tokio::test]
async fn two_servers_admit_no_more_guesses_at_once_than_one() -> Result<()> {
    let market = market().await?;
    let email = unique_email("ada");
    let visitor = market.client()?;
    register(&visitor, &email).await?;
    let guesses = (0..40_usize).map(|guess| {
        let (visitor, email) = (visitor.at(market.address(guess)), &email);
        async move { log_in(&visitor, &format!("203.0.113.{guess}"), email, "a guess").await }
    });
    let mut outcomes = count_by_outcome(&try_join_all(guesses).await?);
    let admitted = outcomes
        .remove("401 invalid_credentials")
        .unwrap_or_default();
    // A slow machine may take longer than the first waits.
    assert!(
        (FREE..FREE + 3).contains(&admitted),
        "{admitted} {outcomes:?}"
    );
    assert_eq!(outcomes.remove("429 rate_limited"), Some(40 - admitted));
    Ok(())
}

#[tokio::test]
async fn an_address_without_an_account_is_limited_as_one_that_has_one() -> Result<()> {
    let market = market().await?;
    let (known, unknown) = (unique_email("ada"), unique_email("nobody"));
    register(&market.client()?, &known).await?;
    for email in [&known, &unknown] {
        let guesses = guess_until_refused(&market, email).await?;
        assert!((FREE..FREE + 2).contains(&guesses), "{guesses}");
    }
    // A day later, all is forgotten, and deleted.
    let earlier = "UPDATE login_failures SET \
        last_at = last_at - interval '24 hours', forgotten_at = forgotten_at - interval '24 hours'";
    market.database.execute(earlier).await?;
    let visitor = market.client()?;
    for _ in 0..3 {
        let wrong = log_in(&visitor, "203.0.113.1", &known, "a guess").await?;
        assert_problem(&wrong, 401, "invalid_credentials");
    }
    let old = "SELECT count(*) FROM login_failures WHERE last_at < now() - interval '23 hours'";
    assert_eq!(market.database.count(old).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_session_that_guesses_the_password_keeps_nobody_from_logging_in() -> Result<()> {
    let market = market().await?;
    let email = unique_email("ada");
    let visitor = market.client()?;
    let ada = register(&visitor, &email).await?;
    let ada = visitor.with_session(ada.text_at("/session_token"));
    let change = json!({"current_password": "a guess", "new_password": "another password"});
    let mut refused = None;
    for _ in 0..40 {
        let response = ada.post("/v1/auth/password", change.clone()).await?;
        if response.status == 429 {
            refused = Some(response);
            break;
        }
        assert_problem(&response, 401, "invalid_credentials");
    }
    let refused = refused.context("the guesses are not limited")?;
    assert_problem(&refused, 429, "rate_limited");
    let opened = log_in(&visitor, OWNER, &email, PASSWORD).await?;
    assert_eq!(opened.status, 200, "{}", opened.text);
    Ok(())
}

/// Logs in by the page, with the cookie `device`. Returns the status, and the cookie of the device if one is
/// set.
async fn page_log_in(
    visitor: &Client,
    from: &str,
    device: &str,
    email: &str,
    password: &str,
) -> Result<(u16, Option<String>)> {
    let form = visitor.get("/login").await?;
    let cookie = form
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap_or("")
        .to_owned();
    let csrf = form.text.split("name=\"csrf\" value=\"").nth(1);
    let csrf = csrf
        .and_then(|rest| rest.split('"').next())
        .context("no token")?;
    let (email, password) = (email.replace('@', "%40"), password.replace(' ', "+"));
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let request = visitor.request(Method::POST, "/login").build()?;
    let response = http
        .post(request.url().clone())
        .header("X-Forwarded-For", from)
        .header("Cookie", format!("{cookie}; {device}"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(format!("csrf={csrf}&email={email}&password={password}"))
        .send()
        .await?;
    let cookies = response.headers().get_all("set-cookie").iter();
    let mut cookies = cookies.filter_map(|cookie| cookie.to_str().ok());
    let device = cookies.find(|cookie| cookie.starts_with("__Host-udam_device="));
    let device = device.and_then(|cookie| cookie.split(';').next());
    Ok((response.status().as_u16(), device.map(ToOwned::to_owned)))
}

#[tokio::test]
async fn a_browser_that_has_logged_in_gets_in_from_anywhere_while_strangers_guess() -> Result<()> {
    let market = market().await?;
    let email = unique_email("ada");
    let visitor = market.client()?;
    register(&visitor, &email).await?;
    let (status, device) = page_log_in(&visitor, "192.0.2.1", "", &email, PASSWORD).await?;
    assert_eq!(status, 303);
    let device = device.context("no cookie of the device")?;
    guess_until_refused(&market, &email).await?;
    let elsewhere = visitor.at(market.address(1));
    let (status, _) = page_log_in(&elsewhere, "192.0.2.2", "", &email, PASSWORD).await?;
    assert_eq!(status, 429);
    let (status, _) = page_log_in(&elsewhere, "192.0.2.2", &device, &email, PASSWORD).await?;
    assert_eq!(status, 303);
    // The secret is worth nothing for another account.
    let other = unique_email("grace");
    register(&visitor, &other).await?;
    guess_until_refused(&market, &other).await?;
    let (status, _) = page_log_in(&elsewhere, "192.0.2.2", &device, &other, PASSWORD).await?;
    assert_eq!(status, 429);
    Ok(())
}
