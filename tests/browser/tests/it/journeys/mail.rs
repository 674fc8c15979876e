//! An account by mail: registering, proving the address, forgetting the password. Mails are read from the server that they are
//! handed to.

use std::net::TcpListener;

use anyhow::{Context, Result};
use udam_browser::{Browser, DevServer, Device};
use udam_testkit::{MailServer, Market, MarketBuilder, PASSWORD, unique_email};

use super::steps::assert_clean_console;

/// A market that sends its mails through this server, at an address that browsers take for a secure one.
async fn mailing(mails: &MailServer) -> Result<(Market, String)> {
    let free = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let site = format!("http://localhost:{}", free.port());
    let market = MarketBuilder::new()
        .set("UDAM_LISTEN", &free.to_string())
        .set("UDAM_PUBLIC_URL", &site)
        .set("UDAM_SMTP_URL", &mails.url())
        .set("UDAM_MAIL_FROM", "Market <market@example.com>");
    Ok((market.start().await?, site))
}

/// Path and query of the first link in a mail.
fn link<'m>(mail: &'m str, site: &str) -> Result<&'m str> {
    let (_, rest) = mail.split_once(site).context("the mail has no link")?;
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    rest.get(..end).context("the mail has no link")
}

#[tokio::test]
async fn a_person_registers_by_mail_forgets_the_password_and_logs_in_with_a_new_one() -> Result<()>
{
    const NEW_PASSWORD: &str = "a new one, easy to keep";

    let mails = MailServer::start().await?;
    let (_market, site) = mailing(&mails).await?;
    let email = unique_email("quokka");
    let browser = Browser::start(&site, Device::PHONE).await?;
    browser.open("/register").await?;
    browser.fill("Email address", &email).await?;
    browser.fill("Public name", "Quokka").await?;
    browser.fill("Password", PASSWORD).await?;
    browser.press("Register").await?;
    browser.expect_text(&email).await?;
    browser.screenshot("mail-registered").await?;
    let mail = mails.mail(&email, "Confirm your registration").await?;
    browser.open(link(&mail.text, &site)?).await?;
    browser.screenshot("mail-confirm").await?;
    browser.press("Confirm").await?;
    browser.expect_path("/login?done=verified").await?;

    browser.press("Forgot your password?").await?;
    browser.fill("Email address", &email).await?;
    browser.press("Send link").await?;
    browser.expect_text("a link is on its way").await?;
    browser.screenshot("mail-forgotten").await?;
    let mail = mails.mail(&email, "Choose a new password").await?;
    let spent = link(&mail.text, &site)?.to_owned();
    browser.open(&spent).await?;
    browser.fill("New password", NEW_PASSWORD).await?;
    browser.screenshot("mail-reset").await?;
    browser.press("Set password").await?;
    mails
        .mail(&email, "password at localhost was changed")
        .await?;

    browser.open("/login").await?;
    browser.fill("Email address", &email).await?;
    browser.fill("Password", PASSWORD).await?;
    browser.press("Log in").await?;
    browser.expect_no_text("Log out").await?;
    browser.fill("Email address", &email).await?;
    browser.fill("Password", NEW_PASSWORD).await?;
    browser.press("Log in").await?;
    browser.expect_text("Log out").await?;
    browser.open("/account").await?;
    browser.expect_no_text("Not verified").await?;
    browser.untick("My sales of a day, the day after").await?;
    browser.press("Save").await?;
    browser.expect_text("Your choice of mails is saved").await?;
    browser.screenshot("mail-account").await?;
    browser.open(&spent).await?;
    browser.expect_text("This link cannot be used").await?;
    Ok(())
}

#[tokio::test]
async fn the_links_of_the_development_mailbox_work() -> Result<()> {
    let server = DevServer::shared().await?;
    let browser = server.browser(Device::DESKTOP).await?;
    let email = "numbat-mail@example.com";
    browser.open("/register").await?;
    browser.fill("Email address", email).await?;
    browser.fill("Public name", "Numbat").await?;
    browser.fill("Password", PASSWORD).await?;
    browser.press("Register").await?;
    browser.open("/account").await?;
    browser.expect_text("Not verified").await?;
    let mut tries = 0;
    loop {
        browser.open("/dev/mail").await?;
        if browser
            .press_beside(email, "Verify your address")
            .await
            .is_ok()
        {
            break;
        }
        tries += 1;
        anyhow::ensure!(tries < 20, "no mail has come");
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    browser.expect_text("The link can be used once").await?;
    browser.screenshot("dev-mail").await?;
    let link = "document.querySelector('pre a').click()";
    browser.run(link).await?;
    browser.press("Confirm").await?;
    browser.open("/account").await?;
    browser.expect_no_text("Not verified").await?;
    assert_clean_console(&browser).await
}
