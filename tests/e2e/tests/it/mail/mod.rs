//! Mails, read from the server that they are handed to.

mod delivery;
mod enumeration;
mod notices;
mod pages;
mod payments;
mod second_factor;

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Client, MailServer, Market, MarketBuilder, PASSWORD, expect_status};

/// A market that sends its mails through this server.
pub(crate) fn mailing(mails: &MailServer) -> MarketBuilder {
    let settings = mails.settings();
    let builder = MarketBuilder::new();
    settings
        .iter()
        .fold(builder, |builder, (name, value)| builder.set(name, value))
}

/// Registers an account by the link that it is sent, and returns it signed in.
pub(crate) async fn sign_up_by_mail(
    market: &Market,
    mails: &MailServer,
    email: &str,
) -> Result<Client> {
    let visitor = market.client()?;
    expect_status(visitor.register(email, PASSWORD).await?, 202)?;
    let mail = mails.mail(email, "Confirm your registration").await?;
    let link = json!({"token": mail.secret()?});
    expect_status(visitor.post("/v1/auth/verify-email", link).await?, 200)?;
    let opened = expect_status(visitor.log_in(email, PASSWORD).await?, 200)?;
    Ok(visitor.with_session(opened.text_at("/session_token")))
}
