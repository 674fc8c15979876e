//! `POST /v1/auth/reset-password`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{
    Binary, MailServer, Market, MarketBuilder, PASSWORD, expect_status, unique_email,
};

use super::is_alive;
use crate::assertions::assert_problem;
use crate::mail::{mailing, sign_up_by_mail};

pub(crate) const ROUTES: &[&str] = &["POST /v1/auth/reset-password"];

const NEW: &str = "wrong pony capacitor nail";

#[tokio::test]
async fn a_link_resets_the_password_once_ends_all_sessions_and_is_told() -> Result<()> {
    let mails = MailServer::start().await?;
    let market = mailing(&mails).start().await?;
    let email = unique_email("reset");
    let session = sign_up_by_mail(&market, &mails, &email).await?;
    let visitor = market.client()?;
    let asked = visitor.post("/v1/auth/forgot-password", json!({"email": email}));
    expect_status(asked.await?, 202)?;
    let mail = mails.mail(&email, "Choose a new password").await?;
    let body = |password: &str| json!({"token": mail.secret().unwrap(), "password": password});
    let reset = async |password| {
        visitor
            .post("/v1/auth/reset-password", body(password))
            .await
    };
    // A password that is refused leaves the link as it is.
    assert_problem(&reset("password").await?, 422, "invalid_request");
    assert!(is_alive(&market, &session).await?);
    expect_status(reset(NEW).await?, 200)?;
    assert!(!is_alive(&market, &session).await?);
    assert_problem(&reset(NEW).await?, 422, "invalid_request");
    let old = visitor.log_in(&email, PASSWORD).await?;
    assert_problem(&old, 401, "invalid_credentials");
    expect_status(visitor.log_in(&email, NEW).await?, 200)?;
    mails.mail(&email, "was changed").await?;
    Ok(())
}

#[tokio::test]
async fn without_mail_an_operator_hands_on_a_link() -> Result<()> {
    let market = Market::shared().await?;
    let email = unique_email("handed");
    let visitor = market.client()?;
    expect_status(visitor.register(&email, PASSWORD).await?, 201)?;
    let environment = MarketBuilder::new()
        .set("UDAM_PUBLIC_URL", "http://market.example.com")
        .environment(&market.database)
        .await?;
    let run = async |email: &str| {
        let command = ["accounts", "reset-link", email];
        Binary::udam()?.run(command, environment.clone()).await
    };
    let printed = run(&email).await?;
    let link = printed.success()?.trim().to_owned();
    let (page, secret) = link.split_once("?link=").unwrap();
    assert_eq!(page, "http://market.example.com/reset-password");
    let body = json!({"token": secret, "password": NEW});
    expect_status(visitor.post("/v1/auth/reset-password", body).await?, 200)?;
    expect_status(visitor.log_in(&email, NEW).await?, 200)?;
    assert_eq!(run("nobody-at-all@example.com").await?.code, Some(1));
    Ok(())
}
