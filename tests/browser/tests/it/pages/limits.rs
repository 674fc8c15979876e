use anyhow::Result;
use udam_browser::axe::assert_accessible;
use udam_browser::html::assert_valid_html;
use udam_browser::{Browser, Device};
use udam_e2e::Opening;

use super::http::Http;

#[tokio::test]
async fn whoever_tries_passwords_too_often_is_told_to_wait_on_a_page() -> Result<()> {
    let market = Opening::usual().set("UDAM_RATE_LIMIT", "on").open().await?;
    let base = format!("http://{}", market.address(0));
    let visitor = Http::at(&base)?;
    let mut browser = Browser::start(&base, Device::DESKTOP).await?;
    browser.open("/login").await?;
    browser.fill("Email address", "ada@example.com").await?;
    browser.fill("Password", "not the right one").await?;

    // The form is not of the site, but that is found out later.
    let mut refused = visitor.post("/login", String::new()).await?;
    for _ in 0..30 {
        if refused.status == 429 {
            break;
        }
        assert_eq!(refused.status, 403);
        refused = visitor.post("/login", String::new()).await?;
    }
    assert_eq!(refused.status, 429);
    let wait: u64 = refused.header("retry-after").parse()?;
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(refused.header("cache-control"), "no-store");

    browser.press("Log in").await?;
    browser.sees("You have sent too many requests").await?;
    assert_eq!(browser.status().await?, 429);
    for (name, device) in [
        ("light-1280", Device::DESKTOP),
        ("light-360", Device::PHONE),
    ] {
        browser.turn_into(device).await?;
        assert_accessible(&browser).await?;
        assert_eq!(browser.overflows().await?, None);
        browser.screenshot(&format!("refused-429-{name}")).await?;
    }
    assert_valid_html(&[("refused-429", &browser.source().await?)]).await?;
    // Looking goes on.
    browser.open("/").await?;
    assert_eq!(browser.status().await?, 200);
    Ok(())
}
