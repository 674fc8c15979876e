//! `POST /v1/auth/change-email`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{MailServer, PASSWORD, expect_status, unique_email};

use crate::assertions::assert_problem;
use crate::mail::{mailing, sign_up_by_mail};

pub(crate) const ROUTES: &[&str] = &["POST /v1/auth/change-email"];

#[tokio::test]
async fn an_address_is_changed_by_a_link_to_the_new_one_and_told_to_both() -> Result<()> {
    let mails = MailServer::start().await?;
    let market = mailing(&mails).start().await?;
    let (old, new) = (unique_email("old"), unique_email("new"));
    let account = sign_up_by_mail(&market, &mails, &old).await?;
    let change = async |email: &str, password: &str| {
        let body = json!({"email": email, "password": password});
        account.post("/v1/auth/change-email", body).await
    };
    assert_problem(&change(&new, "a guess").await?, 401, "invalid_credentials");
    assert_problem(&change(&old, PASSWORD).await?, 422, "invalid_request");
    expect_status(change(&new, PASSWORD).await?, 202)?;
    assert_eq!(account.get("/v1/me").await?.text_at("/email"), old);
    let mail = mails.mail(&new, "Confirm your new address").await?;
    let link = json!({"token": mail.secret()?});
    let visitor = market.client()?;
    let verified = visitor.post("/v1/auth/verify-email", link);
    expect_status(verified.await?, 200)?;
    assert_eq!(account.get("/v1/me").await?.text_at("/email"), new);
    for email in [&old, &new] {
        mails.mail(email, "was changed").await?;
    }
    Ok(())
}
