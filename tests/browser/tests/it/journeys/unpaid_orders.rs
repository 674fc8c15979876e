use anyhow::Result;
use udam_browser::{Browser, DevServer, Device};

use super::steps::{
    KEY, assert_clean_console, buy, open_checkout, pay_order, publish_via_api, reveal, sign_in,
};

#[tokio::test]
async fn after_a_declined_payment_the_order_can_be_paid_again() -> Result<()> {
    let server = DevServer::shared().await?;
    let listing = publish_via_api(server, "possum-seller@example.com", "Possum roofs", 9).await?;
    let browser = server.browser(Device::DESKTOP).await?;
    sign_in(&browser, "possum-buyer@example.com").await?;
    let order = buy_with_declined_payment(&browser, &listing).await?;
    pay_order(&browser, &order).await?;
    assert_eq!(reveal(&browser).await?, KEY);
    assert_clean_console(&browser).await
}

#[tokio::test]
async fn a_canceled_order_returns_its_units() -> Result<()> {
    let server = DevServer::shared().await?;
    let listing = publish_via_api(server, "glider-seller@example.com", "Glider paths", 9).await?;
    let browser = server.browser(Device::DESKTOP).await?;
    sign_in(&browser, "glider-buyer@example.com").await?;
    let order = buy_with_declined_payment(&browser, &listing).await?;
    browser.open(&format!("/listings/{listing}")).await?;
    browser.expect_text("Available 3 units").await?;

    browser.open(&order).await?;
    browser.press("Cancel order").await?;
    browser.expect_text("The order is canceled.").await?;
    browser.expect_no_text("Cancel order").await?;
    browser.open(&format!("/listings/{listing}")).await?;
    browser.expect_text("Available 9 units").await?;
    assert_clean_console(&browser).await
}

/// Orders six units, has the payment declined, and returns the order's path.
async fn buy_with_declined_payment(browser: &Browser, listing: &str) -> Result<String> {
    browser.open(&format!("/listings/{listing}")).await?;
    let order = buy(browser, "6").await?;
    open_checkout(browser).await?;
    browser.press("Decline the card").await?;
    browser.expect_path(&order).await?;
    Ok(order)
}
