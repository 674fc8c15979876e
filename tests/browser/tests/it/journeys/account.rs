use anyhow::Result;
use udam_browser::{Device, Shop};

use super::steps::{SERVED, buy, nothing_was_complained_of, on_sale, pay, sees_in_time, sign_in};

#[tokio::test]
async fn a_tab_is_settled_at_the_provider() -> Result<()> {
    let shop = Shop::shared().await?;
    let listing = on_sale(shop, "bilby-seller@example.com", "Bilby burrows", 20).await?;
    let browser = shop.browser(Device::DESKTOP).await?;
    sign_in(&browser, "bilby-buyer@example.com").await?;
    for _ in 0..2 {
        browser.open(&format!("/listings/{listing}")).await?;
        buy(&browser, "4").await?;
        browser.sees(SERVED).await?;
    }
    browser.open("/tab").await?;
    browser.sees("You owe 8.00 USD").await?;
    browser.press("Pay tab").await?;
    browser.sees("Pay your tab").await?;
    pay(&browser).await?;
    browser.arrives_at("/tab").await?;
    sees_in_time(&browser, "/tab", "You owe nothing.").await?;
    browser.misses("Pay tab").await?;
    nothing_was_complained_of(&browser).await
}

#[tokio::test]
async fn a_session_is_ended_from_another_one() -> Result<()> {
    const EMAIL: &str = "potoroo@example.com";

    let shop = Shop::shared().await?;
    let script = shop.join(EMAIL).await?;
    let there = shop.browser(Device::DESKTOP).await?;
    sign_in(&there, EMAIL).await?;
    let here = shop.browser(Device::DESKTOP).await?;
    sign_in(&here, EMAIL).await?;

    here.open("/account").await?;
    here.press_beside("udam-e2e", "End session").await?;
    here.sees("The session has ended").await?;
    assert_eq!(script.sessions().await?.status, 401);
    here.press("End session").await?;
    here.sees("The session has ended").await?;
    here.misses("End session").await?;
    here.open("/orders").await?;
    here.sees("Your orders appear here").await?;

    there.open("/orders").await?;
    there.arrives_at("/login?next=%2Forders").await?;
    there.misses("Log out").await?;
    nothing_was_complained_of(&there).await?;
    nothing_was_complained_of(&here).await
}
