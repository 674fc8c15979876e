use anyhow::Result;
use udam_browser::{Browser, Device, Shop};
use udam_e2e::Client;

use super::steps::{buy, nothing_was_complained_of, on_sale, send_unseen, sign_in, submit_email};

#[tokio::test]
async fn a_form_that_is_sent_twice_buys_once() -> Result<()> {
    let shop = Shop::shared().await?;
    let (buyer, browser) = at_a_listing(shop, "echidna", "Echidna spines").await?;
    browser.fill("Units", "2").await?;
    let listing = browser.path().await?;
    send_unseen(&browser, &format!("{listing}/buy")).await?;
    buy(&browser, "2").await?;
    browser
        .sees("The form was sent before, and bought once")
        .await?;
    assert_eq!(buyer.get("/v1/orders").await?.items().len(), 1);
    browser.open(&listing).await?;
    browser.sees("Available 7 units").await?;
    nothing_was_complained_of(&browser).await
}

#[tokio::test]
async fn a_double_click_on_buy_buys_once() -> Result<()> {
    // The second click comes while the first one is being answered.
    const DOUBLE_CLICK: &str = "const buy = document.querySelector('form[data-total] .button');
        buy.click();
        setTimeout(() => buy.click(), 15);";

    let shop = Shop::shared().await?;
    let (buyer, browser) = at_a_listing(shop, "cassowary", "Cassowary kicks").await?;
    browser.run(DOUBLE_CLICK).await?;
    browser.sees("Progress").await?;
    assert_eq!(buyer.get("/v1/orders").await?.items().len(), 1);
    nothing_was_complained_of(&browser).await
}

#[tokio::test]
async fn a_form_from_before_one_logged_out_does_nothing_and_says_so() -> Result<()> {
    let shop = Shop::shared().await?;
    let (buyer, browser) = at_a_listing(shop, "bandicoot", "Bandicoot digs").await?;
    send_unseen(&browser, "/logout").await?;
    browser.press("Buy").await?;
    browser.sees("Nothing was done.").await?;
    assert_eq!(browser.status().await?, 403);
    assert_eq!(browser.heading().await?, "This form is out of date");
    assert_eq!(buyer.get("/v1/orders").await?.items().len(), 0);
    nothing_was_complained_of(&browser).await
}

#[tokio::test]
async fn a_form_of_a_session_that_was_ended_asks_to_log_in_and_leads_back() -> Result<()> {
    let shop = Shop::shared().await?;
    let (buyer, browser) = at_a_listing(shop, "quoll", "Quoll spots").await?;
    let listing = browser.path().await?;
    assert_eq!(buyer.call("/v1/auth/logout-everywhere").await?.status, 200);
    browser.press("Buy").await?;
    browser.arrives_at("/login").await?;
    submit_email(&browser, "quoll-buyer@example.com").await?;
    browser.arrives_at(&listing).await?;
    browser.sees("Available 9 units").await?;
    browser.open("/orders").await?;
    browser.sees("Your orders appear here").await?;
    nothing_was_complained_of(&browser).await
}

/// Somebody who has signed in, to a script as well, and looks at a listing of nine units.
async fn at_a_listing(shop: &Shop, who: &str, service: &str) -> Result<(Client, Browser)> {
    let listing = on_sale(shop, &format!("{who}-seller@example.com"), service, 9).await?;
    let email = format!("{who}-buyer@example.com");
    let buyer = shop.join(&email).await?;
    let browser = shop.browser(Device::DESKTOP).await?;
    sign_in(&browser, &email).await?;
    browser.open(&format!("/listings/{listing}")).await?;
    Ok((buyer, browser))
}
