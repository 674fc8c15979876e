use anyhow::Result;
use udam_browser::{DevServer, Device};

use super::steps::{FULFILLED, assert_clean_console, buy, pay, publish_via_api, sign_in};

#[tokio::test]
async fn a_tab_is_paid_at_the_provider() -> Result<()> {
    let server = DevServer::shared().await?;
    let listing = publish_via_api(server, "bilby-seller@example.com", "Bilby burrows", 20).await?;
    let browser = server.browser(Device::DESKTOP).await?;
    sign_in(&browser, "bilby-buyer@example.com").await?;
    for _ in 0..2 {
        browser.open(&format!("/listings/{listing}")).await?;
        buy(&browser, "4").await?;
        browser.expect_text(FULFILLED).await?;
    }
    browser.open("/tab").await?;
    browser.expect_text("You owe 8.00 USD").await?;
    browser.expect_text("No payment yet").await?;
    browser.press("Pay tab").await?;
    browser.expect_text("Pay your tab").await?;
    browser.expect_text("Pay 8.00 USD").await?;
    pay(&browser).await?;
    // The page follows the webhook, and shows the new amount.
    browser.expect_text("Paid: 8.00 USD").await?;
    browser.expect_text("You owe now 0.00 USD").await?;
    browser.press("View what was paid").await?;
    browser.expect_text("Payment of 8.00 USD").await?;
    browser.press("Your tab").await?;
    browser.expect_path("/tab").await?;
    browser.expect_text("You owe nothing.").await?;
    browser.expect_no_text("Pay tab").await?;
    assert_clean_console(&browser).await
}

#[tokio::test]
async fn a_session_is_ended_from_another_device() -> Result<()> {
    const EMAIL: &str = "potoroo@example.com";

    let server = DevServer::shared().await?;
    let script = server.log_in(EMAIL).await?;
    let there = server.browser(Device::DESKTOP).await?;
    sign_in(&there, EMAIL).await?;
    let here = server.browser(Device::DESKTOP).await?;
    sign_in(&here, EMAIL).await?;

    here.open("/account").await?;
    here.press_beside("udam-testkit", "End session").await?;
    here.expect_text("The session has ended").await?;
    assert_eq!(script.sessions().await?.status, 401);
    here.press("End session").await?;
    here.expect_text("The session has ended").await?;
    here.expect_no_text("End session").await?;
    here.open("/orders").await?;
    here.expect_text("Your orders appear here").await?;

    there.open("/orders").await?;
    there.expect_path("/login?next=%2Forders").await?;
    there.expect_no_text("Log out").await?;
    assert_clean_console(&there).await?;
    assert_clean_console(&here).await
}
