use anyhow::Result;
use udam_browser::axe::assert_accessible;
use udam_browser::html::assert_valid_html;
use udam_browser::{Browser, Device};
use udam_testkit::MarketBuilder;

use super::http::Http;

#[tokio::test]
async fn too_many_password_attempts_get_an_error_page() -> Result<()> {
    let market = MarketBuilder::new()
        .set("UDAM_RATE_LIMIT", "on")
        .start()
        .await?;
    let base = format!("http://{}", market.address(0));
    let visitor = Http::at(&base)?;
    let mut browser = Browser::start(&base, Device::DESKTOP).await?;
    browser.open("/login").await?;
    browser.fill("Email address", "ada@example.com").await?;
    browser.fill("Password", "not the right one").await?;

    // The form lacks a CSRF token, but the rate limit is checked first.
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
    browser
        .expect_text("You have sent too many requests")
        .await?;
    assert_eq!(browser.status().await?, 429);
    for (name, device) in [
        ("light-1280", Device::DESKTOP),
        ("light-360", Device::PHONE),
    ] {
        browser.set_device(device).await?;
        assert_accessible(&browser).await?;
        assert_eq!(browser.horizontal_overflow().await?, None);
        browser.screenshot(&format!("error-429-{name}")).await?;
    }
    assert_valid_html(&[("error-429", &browser.source().await?)]).await?;
    // Other pages are not limited.
    browser.open("/").await?;
    assert_eq!(browser.status().await?, 200);
    Ok(())
}
