use anyhow::Result;
use udam_browser::{Browser, Device, Shop};

use super::steps::{count, nothing_was_complained_of};

#[tokio::test]
async fn of_two_hundred_buyers_who_race_for_ten_units_ten_get_one() -> Result<()> {
    let shop = Shop::shared().await?;
    let browser = shop.browser(Device::DESKTOP).await?;
    browser.open("/").await?;
    browser.press("See 200 buyers race for 10 units").await?;
    browser.press("Start the race").await?;
    ten_are_served(&browser).await?;
    nothing_was_complained_of(&browser).await?;

    // One race is run at a time.
    let device = Device::DESKTOP.without_javascript();
    let browser = shop.browser(device).await?;
    browser.open("/demo/race").await?;
    browser.press("Race again").await?;
    ten_are_served(&browser).await?;
    nothing_was_complained_of(&browser).await
}

async fn ten_are_served(browser: &Browser) -> Result<()> {
    browser.sees("It is over").await?;
    browser.sees("Sold 10 Refused 190").await?;
    browser
        .sees("Units left 0 of 10 Units sold 10 Orders 10, with 10 different tokens")
        .await?;
    assert_eq!(count(browser, ".race .bought").await?, 10);
    assert_eq!(count(browser, ".race .refused").await?, 190);
    assert_eq!(count(browser, ".race span").await?, 200);
    Ok(())
}
