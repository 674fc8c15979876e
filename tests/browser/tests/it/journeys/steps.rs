//! Steps that journeys share.

use anyhow::{Result, ensure};
use serde_json::json;
use udam_browser::{Browser, DevServer};
use udam_testkit::{PASSWORD, weather_listing};

/// An API key with characters that need escaping.
pub(super) const KEY: &str = "sk_live_<7&amp;\"8'>_über";

/// Shown when an order is fulfilled immediately, and when its payment is confirmed.
pub(super) const FULFILLED: &str = "Your token is ready.";
pub(super) const PAID: &str = "Paid: your token is ready";

/// Registers an account, which is then logged in.
pub(super) async fn register(browser: &Browser, email: &str) -> Result<()> {
    let (local_part, _) = email.split_once('@').unwrap_or((email, ""));
    browser.open("/register").await?;
    browser.fill("Email address", email).await?;
    // No two sellers have the same.
    let name = format!("{local_part} Data");
    browser.fill("Public name", &name).await?;
    browser.fill("Password", PASSWORD).await?;
    browser.press("Register").await?;
    browser.expect_text("Log out").await
}

pub(super) async fn log_in(browser: &Browser, email: &str) -> Result<()> {
    browser.open("/login").await?;
    browser.fill("Email address", email).await?;
    browser.fill("Password", PASSWORD).await?;
    browser.press("Log in").await?;
    browser.expect_text("Log out").await
}

/// Logs in by email address alone, which saves hashing a password.
pub(super) async fn sign_in(browser: &Browser, email: &str) -> Result<()> {
    browser.open("/login").await?;
    submit_email(browser, email).await
}

/// The same on a login page that is already open.
pub(super) async fn submit_email(browser: &Browser, email: &str) -> Result<()> {
    browser.fill("Email address", email).await?;
    browser.press("Log in").await?;
    browser.expect_text("Log out").await
}

pub(super) async fn log_out(browser: &Browser) -> Result<()> {
    browser.press("Log out").await?;
    browser.expect_path("/").await?;
    browser.expect_no_text("Log out").await
}

/// Publishes 100 units at 1.00 USD each, with [`KEY`].
pub(super) async fn publish(browser: &Browser, name: &str) -> Result<()> {
    browser.open("/sell").await?;
    browser.fill("Service name", name).await?;
    browser
        .fill("Description", "Counted every night, by hand.")
        .await?;
    browser
        .fill("Endpoint address", "https://census.example.com/v1")
        .await?;
    browser.fill("Unit description", "1 night").await?;
    browser.fill("Price per unit in USD", "1.00").await?;
    browser.fill("Available units", "100").await?;
    browser.fill("API key", KEY).await?;
    let by_key = "document.getElementById('access-key')?.click(); return null";
    browser.run(by_key).await?;
    browser.press("Publish listing").await?;
    browser.expect_text("Published.").await
}

/// Publishes this many units at 1.00 USD each through the API, and returns the listing's id.
pub(super) async fn publish_via_api(
    server: &DevServer,
    seller: &str,
    name: &str,
    units: u32,
) -> Result<String> {
    let mut listing = weather_listing(units);
    for (field, value) in [("service_name", name), ("api_key", KEY)] {
        if let Some(field) = listing.get_mut(field) {
            *field = json!(value);
        }
    }
    let listed = server.log_in(seller).await?.publish(listing).await?;
    ensure!(listed.status == 201, "publishing returned {}", listed.text);
    Ok(listed.id().to_owned())
}

/// Searches for a listing and opens it.
pub(super) async fn find(browser: &Browser, words: &str, name: &str) -> Result<()> {
    browser.open("/").await?;
    browser.fill("Search listings", words).await?;
    browser.press("Search").await?;
    browser
        .expect_text(&format!("Data services for “{words}”"))
        .await?;
    browser.press(name).await?;
    browser.expect_text("Sold by").await
}

/// Buys units of the listing that is open, and returns the order's path.
pub(super) async fn buy(browser: &Browser, units: &str) -> Result<String> {
    browser.fill("Units", units).await?;
    browser.press("Buy").await?;
    browser.expect_text("Progress").await?;
    let path = browser.path().await?;
    let order = path.split('?').next().unwrap_or_default();
    ensure!(order.starts_with("/orders/"), "that led to {path}");
    Ok(order.to_owned())
}

/// Follows the link to the provider's page, and pays.
pub(super) async fn pay(browser: &Browser) -> Result<()> {
    open_checkout(browser).await?;
    browser.press("Pay").await
}

pub(super) async fn open_checkout(browser: &Browser) -> Result<()> {
    browser.press("Pay").await?;
    browser.expect_text("SANDBOX").await
}

/// Pays for the order that is open, and waits for the page to show its token.
pub(super) async fn pay_order(browser: &Browser, order: &str) -> Result<()> {
    browser.expect_text("Awaiting payment").await?;
    pay(browser).await?;
    browser.expect_path(&format!("{order}/paid")).await?;
    browser.expect_text(PAID).await
}

/// Opens the token of the order that is open, and returns its path.
pub(super) async fn open_token(browser: &Browser) -> Result<String> {
    browser.press("View token").await?;
    browser.expect_text("Token for").await?;
    browser.path().await
}

/// Reveals the key of the order that is open, and returns it.
pub(super) async fn reveal(browser: &Browser) -> Result<String> {
    open_token(browser).await?;
    browser.press("Reveal key").await?;
    browser.expect_text("Anyone who has this key").await?;
    text_of(browser, "#key").await
}

/// The exact text of an element.
pub(super) async fn text_of(browser: &Browser, selector: &str) -> Result<String> {
    let script = format!("return document.querySelector(\"{selector}\").textContent");
    let text = browser.run(&script).await?;
    Ok(text.as_str().unwrap_or_default().to_owned())
}

/// The number of elements that match.
pub(super) async fn count(browser: &Browser, selector: &str) -> Result<u64> {
    let script = format!("return document.querySelectorAll(\"{selector}\").length");
    let count = browser.run(&script).await?;
    Ok(count.as_u64().unwrap_or_default())
}

/// Submits the form for this path without leaving the page, as another tab or an impatient click would.
pub(super) async fn submit_in_background(browser: &Browser, path: &str) -> Result<()> {
    let script = format!(
        "const form = document.querySelector(\"form[action='{path}']\");
         const body = new URLSearchParams(new FormData(form));
         return fetch(form.action, {{method: 'POST', body}}).then(response => response.status);"
    );
    let status = browser.run(&script).await?;
    ensure!(status == 200, "submitting returned {status}");
    Ok(())
}

/// Asserts that there were no script errors, failed loads or policy violations.
pub(super) async fn assert_clean_console(browser: &Browser) -> Result<()> {
    let errors = browser.console_errors().await?;
    ensure!(errors.is_empty(), "console errors: {errors:#?}");
    Ok(())
}
