use anyhow::{Result, ensure};
use udam_browser::{Browser, Device, Key, Shop};

use super::steps::{KEY, SERVED, nothing_was_complained_of, on_sale, text_of};

#[tokio::test]
async fn one_buys_without_a_mouse_and_sees_where_one_is() -> Result<()> {
    const SERVICE: &str = "Wombat weights";

    let shop = Shop::shared().await?;
    on_sale(shop, "wombat-seller@example.com", SERVICE, 10).await?;
    let browser = shop.browser(Device::DESKTOP).await?;
    browser.open("/").await?;
    enter(&browser, "Log in").await?;
    browser.arrives_at("/login").await?;
    write_into(&browser, "Email address", "wombat-buyer@example.com").await?;
    enter(&browser, "Log in").await?;
    browser.sees("Log out").await?;

    write_into(&browser, "Search listings", "wombat").await?;
    browser.press_key(Key::Enter).await?;
    browser.sees("Data services for “wombat”").await?;
    enter(&browser, SERVICE).await?;
    browser.sees("Sold by").await?;
    write_into(&browser, "Units", "3").await?;
    browser.sees("Total 3.00 USD").await?;
    enter(&browser, "Buy").await?;
    browser.sees(SERVED).await?;
    enter(&browser, "View token").await?;
    browser.sees("Token for").await?;
    enter(&browser, "Reveal key").await?;
    browser.sees("Anyone who has this key").await?;
    assert_eq!(text_of(&browser, "#key").await?, KEY);
    walk_to(&browser, "Copy key").await?;
    nothing_was_complained_of(&browser).await
}

#[tokio::test]
async fn the_first_stop_skips_to_the_content() -> Result<()> {
    let shop = Shop::shared().await?;
    let browser = shop.browser(Device::DESKTOP).await?;
    browser.open("/register").await?;
    assert!(!skip_link_shows(&browser).await?);
    let stops = walk_to(&browser, "Skip to content").await?;
    assert_eq!(stops, 1);
    assert!(skip_link_shows(&browser).await?);
    browser.press_key(Key::Enter).await?;
    assert_eq!(walk_to(&browser, "Email address").await?, 1);
    nothing_was_complained_of(&browser).await
}

/// Whether the link that skips can be seen, and is not beneath anything else.
async fn skip_link_shows(browser: &Browser) -> Result<bool> {
    let script = "const link = document.querySelector('a[href=\"#main\"]');
        const box = link.getBoundingClientRect();
        const middle = [box.x + box.width / 2, box.y + box.height / 2];
        return document.elementFromPoint(...middle) === link;";
    Ok(browser.run(script).await? == true)
}

/// Walks to what is called so, and answers with how many stops it took. Each is seen.
async fn walk_to(browser: &Browser, name: &str) -> Result<usize> {
    let stops = browser.tab_to(name).await?;
    for stop in &stops {
        ensure!(stop.is_marked, "nothing marks {:?}", stop.names);
    }
    Ok(stops.len())
}

async fn enter(browser: &Browser, name: &str) -> Result<()> {
    walk_to(browser, name).await?;
    browser.press_key(Key::Enter).await
}

async fn write_into(browser: &Browser, label: &str, text: &str) -> Result<()> {
    walk_to(browser, label).await?;
    browser.type_text(text).await?;
    assert_eq!(browser.value(label).await?, text);
    Ok(())
}
