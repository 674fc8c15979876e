use anyhow::Result;
use udam_browser::{Browser, DevServer, Device};

use super::steps::{assert_clean_console, count};

#[tokio::test]
async fn of_200_buyers_who_race_for_10_units_10_get_one() -> Result<()> {
    let server = DevServer::shared().await?;
    let browser = server.browser(Device::DESKTOP).await?;
    browser.open("/").await?;
    browser.press("See 200 buyers race for 10 units").await?;
    browser.press("Start the race").await?;
    assert_ten_bought(&browser).await?;
    assert_clean_console(&browser).await?;

    // Only one race runs at a time, so this one comes after the first.
    let device = Device::DESKTOP.without_javascript();
    let browser = server.browser(device).await?;
    browser.open("/demo/race").await?;
    browser.press("Race again").await?;
    assert_ten_bought(&browser).await?;
    assert_clean_console(&browser).await
}

async fn assert_ten_bought(browser: &Browser) -> Result<()> {
    browser.expect_text("It is over").await?;
    browser.expect_text("Sold 10 Refused 190").await?;
    browser
        .expect_text("Units left 0 of 10 Units sold 10 Orders 10, with 10 different tokens")
        .await?;
    assert_eq!(count(browser, ".race .bought").await?, 10);
    assert_eq!(count(browser, ".race .refused").await?, 190);
    assert_eq!(count(browser, ".race span").await?, 200);
    Ok(())
}
