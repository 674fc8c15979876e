use anyhow::{Result, ensure};
use udam_browser::{Browser, DevServer, Device, Key};

use super::steps::{FULFILLED, KEY, assert_clean_console, publish_via_api, text_of};

#[tokio::test]
async fn buying_works_by_keyboard_with_a_visible_focus() -> Result<()> {
    const SERVICE: &str = "Wombat weights";

    let server = DevServer::shared().await?;
    publish_via_api(server, "wombat-seller@example.com", SERVICE, 10).await?;
    let browser = server.browser(Device::DESKTOP).await?;
    browser.open("/").await?;
    activate(&browser, "Log in").await?;
    browser.expect_path("/login").await?;
    type_into(&browser, "Email address", "wombat-buyer@example.com").await?;
    activate(&browser, "Log in").await?;
    browser.expect_text("Log out").await?;

    type_into(&browser, "Search listings", "wombat").await?;
    browser.press_key(Key::Enter).await?;
    browser.expect_text("Data services for “wombat”").await?;
    activate(&browser, SERVICE).await?;
    browser.expect_text("Sold by").await?;
    type_into(&browser, "Units", "3").await?;
    browser.expect_text("Total 3.00 USD").await?;
    activate(&browser, "Buy").await?;
    browser.expect_text(FULFILLED).await?;
    activate(&browser, "View token").await?;
    browser.expect_text("Token for").await?;
    activate(&browser, "Reveal key").await?;
    browser.expect_text("Anyone who has this key").await?;
    assert_eq!(text_of(&browser, "#key").await?, KEY);
    tab_to(&browser, "Copy key").await?;
    assert_clean_console(&browser).await
}

#[tokio::test]
async fn the_first_tab_stop_skips_to_the_content() -> Result<()> {
    let server = DevServer::shared().await?;
    let browser = server.browser(Device::DESKTOP).await?;
    browser.open("/register").await?;
    assert!(!skip_link_shows(&browser).await?);
    let stops = tab_to(&browser, "Skip to content").await?;
    assert_eq!(stops, 1);
    assert!(skip_link_shows(&browser).await?);
    browser.press_key(Key::Enter).await?;
    assert_eq!(tab_to(&browser, "Email address").await?, 1);
    assert_clean_console(&browser).await
}

/// Whether the skip link is visible and on top.
async fn skip_link_shows(browser: &Browser) -> Result<bool> {
    let script = "const link = document.querySelector('a[href=\"#main\"]');
        const box = link.getBoundingClientRect();
        const middle = [box.x + box.width / 2, box.y + box.height / 2];
        return document.elementFromPoint(...middle) === link;";
    Ok(browser.run(script).await? == true)
}

/// Presses Tab up to the element of this name, and returns the number of stops. Each must show the focus.
async fn tab_to(browser: &Browser, name: &str) -> Result<usize> {
    let stops = browser.tab_to(name).await?;
    for stop in &stops {
        ensure!(
            stop.is_marked,
            "the focus does not show on {:?}",
            stop.names
        );
    }
    Ok(stops.len())
}

async fn activate(browser: &Browser, name: &str) -> Result<()> {
    tab_to(browser, name).await?;
    browser.press_key(Key::Enter).await
}

async fn type_into(browser: &Browser, label: &str, text: &str) -> Result<()> {
    tab_to(browser, label).await?;
    browser.type_text(text).await?;
    assert_eq!(browser.value(label).await?, text);
    Ok(())
}
