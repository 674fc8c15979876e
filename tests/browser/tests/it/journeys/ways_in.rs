use anyhow::Result;
use udam_browser::{Device, Shop};

use super::steps::{log_out, nothing_was_complained_of, on_sale, submit_email};

#[tokio::test]
async fn logging_in_leads_back_to_where_one_came_from() -> Result<()> {
    const EMAIL: &str = "brolga-buyer@example.com";

    let shop = Shop::shared().await?;
    let listing = on_sale(shop, "brolga-seller@example.com", "Brolga dances", 9).await?;
    let listing = format!("/listings/{listing}");
    let browser = shop.browser(Device::DESKTOP).await?;
    browser.open(&listing).await?;
    browser.press("Log in to buy").await?;
    browser.arrives_at("/login").await?;
    submit_email(&browser, EMAIL).await?;
    browser.arrives_at(&listing).await?;
    browser.sees("Buy").await?;

    log_out(&browser).await?;
    browser.open("/orders?after=none").await?;
    browser.arrives_at("/login").await?;
    submit_email(&browser, EMAIL).await?;
    browser.arrives_at("/orders?after=none").await?;
    nothing_was_complained_of(&browser).await
}

#[tokio::test]
async fn logging_in_leads_to_no_other_site() -> Result<()> {
    let shop = Shop::shared().await?;
    let browser = shop.browser(Device::DESKTOP).await?;
    for next in [
        "https://evil.example",
        "//evil.example",
        "/%5Cevil.example",
        "/%09/evil.example",
    ] {
        browser.open(&format!("/login?next={next}")).await?;
        submit_email(&browser, "lyrebird@example.com").await?;
        let url = browser.url().await?;
        assert_eq!(url.as_str(), format!("{}/", shop.base()), "{next}");
        log_out(&browser).await?;
    }
    nothing_was_complained_of(&browser).await
}
