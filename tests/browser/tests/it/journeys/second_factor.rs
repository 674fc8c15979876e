use anyhow::{Context, Result};
use udam_browser::{Browser, DevServer, Device};
use udam_testkit::{PASSWORD, Phone};

use super::steps::{
    KEY, assert_clean_console, buy, log_out, open_token, publish_via_api, register, text_of,
};

/// Adds a second factor to the account that is logged in, and returns its app and recovery codes.
async fn add_factor(browser: &Browser) -> Result<(Phone, Vec<String>)> {
    browser.open("/account").await?;
    browser.fill("Your password", PASSWORD).await?;
    browser.press("Add a second factor").await?;
    browser.expect_path("/account/second-factor").await?;
    browser.expect_text("Scan the code").await?;
    browser.screenshot("journey-second-factor-setup").await?;
    let secret = text_of(browser, "#secret").await?.replace(' ', "");
    let phone = Phone::with_secret(&secret)?;
    browser.fill("Code", &phone.wrong_code()).await?;
    browser.press("Turn on").await?;
    browser
        .expect_text("Must be the one that your app shows now")
        .await?;
    browser.fill("Code", &phone.code().await).await?;
    browser.press("Turn on").await?;
    browser.expect_text("Your second factor is on.").await?;
    browser.screenshot("journey-recovery-codes").await?;
    let codes = text_of(browser, "#codes").await?;
    let codes: Vec<String> = codes.lines().map(str::to_owned).collect();
    assert_eq!(codes.len(), 10);
    browser.press("I have stored them").await?;
    browser
        .expect_text("You have 10 recovery codes left")
        .await?;
    Ok((phone, codes))
}

/// Gives the password, and waits to be asked for a code.
async fn give_password(browser: &Browser, email: &str, next: &str) -> Result<()> {
    browser.open(&format!("/login?next={next}")).await?;
    browser.fill("Email address", email).await?;
    browser.fill("Password", PASSWORD).await?;
    browser.press("Log in").await?;
    browser.expect_text("Your password is right.").await
}

#[tokio::test]
async fn a_second_factor_is_added_used_lost_and_replaced() -> Result<()> {
    const EMAIL: &str = "quokka@example.com";

    let server = DevServer::shared().await?;
    let browser = server.browser(Device::DESKTOP).await?;
    register(&browser, EMAIL).await?;
    let (phone, codes) = add_factor(&browser).await?;
    log_out(&browser).await?;

    // By the phone.
    give_password(&browser, EMAIL, "/orders").await?;
    browser.fill("Code", &phone.wrong_code()).await?;
    browser.press("Log in").await?;
    browser
        .expect_text("Must be the code that your app shows now")
        .await?;
    browser.fill("Code", &phone.code().await).await?;
    browser.press("Log in").await?;
    browser.expect_path("/orders").await?;
    log_out(&browser).await?;

    // The phone is lost.
    give_password(&browser, EMAIL, "/account").await?;
    browser.screenshot("journey-second-step").await?;
    let lost = codes.first().context("no recovery code")?;
    browser.fill("Code", &lost.to_uppercase()).await?;
    browser.press("Log in").await?;
    browser
        .expect_text("You have 9 recovery codes left")
        .await?;
    browser.screenshot("journey-account-second-factor").await?;
    browser.press("Make new recovery codes").await?;
    browser
        .expect_text("These 10 codes are not shown again")
        .await?;
    browser.press("I have stored them").await?;
    browser.press("Remove second factor").await?;
    browser.expect_text("Your second factor is off.").await?;
    log_out(&browser).await?;
    super::steps::log_in(&browser, EMAIL).await?;
    assert_clean_console(&browser).await
}

#[tokio::test]
async fn a_second_factor_works_without_javascript_and_on_a_phone() -> Result<()> {
    const EMAIL: &str = "numbat@example.com";

    let server = DevServer::shared().await?;
    let listing = publish_via_api(server, "numbat-seller@example.com", "Numbat trails", 9).await?;
    let browser = server.browser(Device::PHONE.without_javascript()).await?;
    register(&browser, EMAIL).await?;
    let (phone, _codes) = add_factor(&browser).await?;
    browser.open(&format!("/listings/{listing}")).await?;
    buy(&browser, "1").await?;
    open_token(&browser).await?;
    browser.press("Reveal key").await?;
    browser.expect_text("Anyone who has this key").await?;
    assert_eq!(text_of(&browser, "#key").await?, KEY);
    log_out(&browser).await?;
    give_password(&browser, EMAIL, "/tokens").await?;
    browser.screenshot("journey-second-step-phone").await?;
    browser.fill("Code", &phone.code().await).await?;
    browser.press("Log in").await?;
    browser.expect_path("/tokens").await?;
    assert_clean_console(&browser).await
}
