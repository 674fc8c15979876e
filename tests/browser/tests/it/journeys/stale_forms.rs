use anyhow::Result;
use udam_browser::{Browser, DevServer, Device};
use udam_testkit::Client;

use super::steps::{
    assert_clean_console, buy, publish_via_api, sign_in, submit_email, submit_in_background,
};

#[tokio::test]
async fn a_form_that_is_submitted_twice_buys_once() -> Result<()> {
    let server = DevServer::shared().await?;
    let (buyer, browser) = buyer_at_listing(server, "echidna", "Echidna spines").await?;
    browser.fill("Units", "2").await?;
    let listing = browser.path().await?;
    submit_in_background(&browser, &format!("{listing}/buy")).await?;
    buy(&browser, "2").await?;
    browser
        .expect_text("This form was submitted before and bought once")
        .await?;
    assert_eq!(buyer.get("/v1/orders").await?.items().len(), 1);
    browser.open(&listing).await?;
    browser.expect_text("Available 7 units").await?;
    assert_clean_console(&browser).await
}

#[tokio::test]
async fn a_double_click_on_buy_buys_once() -> Result<()> {
    // The second click comes while the first request is under way.
    const DOUBLE_CLICK: &str = "const buy = document.querySelector('form[data-total] .button');
        buy.click();
        setTimeout(() => buy.click(), 15);";

    let server = DevServer::shared().await?;
    let (buyer, browser) = buyer_at_listing(server, "cassowary", "Cassowary kicks").await?;
    browser.run(DOUBLE_CLICK).await?;
    browser.expect_text("Progress").await?;
    assert_eq!(buyer.get("/v1/orders").await?.items().len(), 1);
    assert_clean_console(&browser).await
}

#[tokio::test]
async fn a_form_from_before_a_logout_is_rejected() -> Result<()> {
    let server = DevServer::shared().await?;
    let (buyer, browser) = buyer_at_listing(server, "bandicoot", "Bandicoot digs").await?;
    submit_in_background(&browser, "/logout").await?;
    browser.press("Buy").await?;
    browser.expect_text("Nothing was done.").await?;
    assert_eq!(browser.status().await?, 403);
    assert_eq!(browser.heading().await?, "This form is out of date");
    assert_eq!(buyer.get("/v1/orders").await?.items().len(), 0);
    assert_clean_console(&browser).await
}

#[tokio::test]
async fn a_form_of_an_ended_session_leads_to_login_and_back() -> Result<()> {
    let server = DevServer::shared().await?;
    let (buyer, browser) = buyer_at_listing(server, "quoll", "Quoll spots").await?;
    let listing = browser.path().await?;
    assert_eq!(
        buyer.post_empty("/v1/auth/logout-everywhere").await?.status,
        200
    );
    browser.press("Buy").await?;
    browser.expect_path("/login").await?;
    submit_email(&browser, "quoll-buyer@example.com").await?;
    browser.expect_path(&listing).await?;
    browser.expect_text("Available 9 units").await?;
    browser.open("/orders").await?;
    browser.expect_text("Your orders appear here").await?;
    assert_clean_console(&browser).await
}

/// A buyer, as an API client and in a browser that shows a listing of nine units.
async fn buyer_at_listing(
    server: &DevServer,
    who: &str,
    service: &str,
) -> Result<(Client, Browser)> {
    let listing = publish_via_api(server, &format!("{who}-seller@example.com"), service, 9).await?;
    let email = format!("{who}-buyer@example.com");
    let buyer = server.log_in(&email).await?;
    let browser = server.browser(Device::DESKTOP).await?;
    sign_in(&browser, &email).await?;
    browser.open(&format!("/listings/{listing}")).await?;
    Ok((buyer, browser))
}
