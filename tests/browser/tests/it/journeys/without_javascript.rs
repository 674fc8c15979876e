use anyhow::Result;
use udam_browser::{Browser, DevServer, Device};

use super::steps::{
    FULFILLED, KEY, assert_clean_console, buy, find, log_out, pay_order, publish, register, reveal,
};

#[tokio::test]
async fn selling_and_buying_work_without_javascript() -> Result<()> {
    const SERVICE: &str = "Dunnart whistles";

    let server = DevServer::shared().await?;
    let device = Device::DESKTOP.without_javascript();
    let browser = server.browser(device).await?;
    register(&browser, "dunnart-seller@example.com").await?;
    publish(&browser, SERVICE).await?;
    log_out(&browser).await?;
    register(&browser, "dunnart-buyer@example.com").await?;

    find(&browser, "dunnart", SERVICE).await?;
    assert_total(&browser, "4", "4.00 USD").await?;
    buy(&browser, "4").await?;
    browser.expect_text(FULFILLED).await?;
    assert_eq!(reveal(&browser).await?, KEY);
    browser.expect_no_text("Copy key").await?;

    find(&browser, "dunnart", SERVICE).await?;
    assert_total(&browser, "12", "12.00 USD").await?;
    let order = buy(&browser, "12").await?;
    pay_order(&browser, &order).await?;
    assert_eq!(reveal(&browser).await?, KEY);
    assert_clean_console(&browser).await
}

/// Requests the total of this many units, and asserts that the field keeps them.
async fn assert_total(browser: &Browser, units: &str, total: &str) -> Result<()> {
    browser.fill("Units", units).await?;
    browser.press("Show total").await?;
    browser.expect_text(&format!("Total {total}")).await?;
    assert_eq!(browser.value("Units").await?, units);
    Ok(())
}
