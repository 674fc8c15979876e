use anyhow::Result;
use udam_browser::{DevServer, Device};

use super::steps::{assert_clean_console, log_out, publish_via_api, submit_email};

#[tokio::test]
async fn logging_in_returns_to_the_page_before() -> Result<()> {
    const EMAIL: &str = "brolga-buyer@example.com";

    let server = DevServer::shared().await?;
    let listing = publish_via_api(server, "brolga-seller@example.com", "Brolga dances", 9).await?;
    let listing = format!("/listings/{listing}");
    let browser = server.browser(Device::DESKTOP).await?;
    browser.open(&listing).await?;
    browser.press("Log in to buy").await?;
    browser.expect_path("/login").await?;
    submit_email(&browser, EMAIL).await?;
    browser.expect_path(&format!("{listing}?units=1")).await?;
    browser.expect_text("Buy").await?;

    log_out(&browser).await?;
    browser.open("/orders?after=none").await?;
    browser.expect_path("/login").await?;
    submit_email(&browser, EMAIL).await?;
    browser.expect_path("/orders?after=none").await?;
    assert_clean_console(&browser).await
}

#[tokio::test]
async fn logging_in_redirects_to_no_other_site() -> Result<()> {
    let server = DevServer::shared().await?;
    let browser = server.browser(Device::DESKTOP).await?;
    for next in [
        "https://evil.example",
        "//evil.example",
        "/%5Cevil.example",
        "/%09/evil.example",
    ] {
        browser.open(&format!("/login?next={next}")).await?;
        submit_email(&browser, "lyrebird@example.com").await?;
        let url = browser.url().await?;
        assert_eq!(url.as_str(), format!("{}/", server.base()), "{next}");
        log_out(&browser).await?;
    }
    assert_clean_console(&browser).await
}
