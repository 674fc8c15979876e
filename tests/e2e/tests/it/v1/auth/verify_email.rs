//! `POST /v1/auth/verify-email`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{MailServer, Market, PASSWORD, expect_status, unique_email};

use crate::assertions::assert_problem;
use crate::mail::{mailing, sign_up_by_mail};

pub(crate) const ROUTES: &[&str] = &["POST /v1/auth/verify-email"];

#[tokio::test]
async fn an_account_is_made_when_the_link_to_its_address_is_used_and_not_before() -> Result<()> {
    let mails = MailServer::start().await?;
    let market = mailing(&mails).start().await?;
    let visitor = market.client()?;
    let email = unique_email("verified");
    let answer = expect_status(visitor.register(&email, PASSWORD).await?, 202)?;
    assert_eq!(answer.json(), &json!({"status": "verification_sent"}));
    let unverified = visitor.log_in(&email, PASSWORD).await?;
    assert_problem(&unverified, 401, "invalid_credentials");
    let mail = mails.mail(&email, "Confirm your registration").await?;
    let link = json!({"token": mail.secret()?});
    expect_status(
        visitor.post("/v1/auth/verify-email", link.clone()).await?,
        200,
    )?;
    expect_status(visitor.log_in(&email, PASSWORD).await?, 200)?;
    let again = visitor.post("/v1/auth/verify-email", link).await?;
    assert_problem(&again, 422, "invalid_request");
    Ok(())
}

#[tokio::test]
async fn a_known_address_is_told_and_gets_the_same_answer() -> Result<()> {
    let mails = MailServer::start().await?;
    let market = mailing(&mails).start().await?;
    let email = unique_email("known");
    sign_up_by_mail(&market, &mails, &email).await?;
    let visitor = market.client()?;
    let answer = expect_status(visitor.register(&email, "another password").await?, 202)?;
    assert_eq!(answer.json(), &json!({"status": "verification_sent"}));
    let mail = mails.mail(&email, "You have an account").await?;
    assert!(mail.link()?.starts_with("/reset-password?link="));
    expect_status(visitor.log_in(&email, PASSWORD).await?, 200)?;
    Ok(())
}

#[tokio::test]
async fn a_made_up_link_verifies_nothing() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    for token in [
        "",
        "x",
        "udam_lnk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh82pSPrQ",
    ] {
        let link = json!({"token": token});
        let answer = visitor.post("/v1/auth/verify-email", link).await?;
        assert_problem(&answer, 422, "invalid_request");
    }
    Ok(())
}
