use anyhow::Result;
use udam_browser::{Browser, Device, Shop};

use super::steps::{
    KEY, SERVED, buy, find, log_out, nothing_was_complained_of, pay_for, publish, register, reveal,
};

#[tokio::test]
async fn without_javascript_one_sells_and_buys_as_with_it() -> Result<()> {
    const SERVICE: &str = "Dunnart whistles";

    let shop = Shop::shared().await?;
    let device = Device::DESKTOP.without_javascript();
    let browser = shop.browser(device).await?;
    register(&browser, "dunnart-seller@example.com").await?;
    publish(&browser, SERVICE).await?;
    log_out(&browser).await?;
    register(&browser, "dunnart-buyer@example.com").await?;

    find(&browser, "dunnart", SERVICE).await?;
    shows_total(&browser, "4", "4.00 USD").await?;
    buy(&browser, "4").await?;
    browser.sees(SERVED).await?;
    assert_eq!(reveal(&browser).await?, KEY);
    browser.misses("Copy key").await?;

    find(&browser, "dunnart", SERVICE).await?;
    shows_total(&browser, "12", "12.00 USD").await?;
    let order = buy(&browser, "12").await?;
    pay_for(&browser, &order).await?;
    assert_eq!(reveal(&browser).await?, KEY);
    nothing_was_complained_of(&browser).await
}

/// Asks what so many units cost, which leaves them filled in.
async fn shows_total(browser: &Browser, units: &str, total: &str) -> Result<()> {
    browser.fill("Units", units).await?;
    browser.press("Show total").await?;
    browser.sees(&format!("Total {total}")).await?;
    assert_eq!(browser.value("Units").await?, units);
    Ok(())
}
