//! `POST /v1/auth/forgot-password`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{MailServer, Market, expect_status, unique_email};

use crate::assertions::assert_problem;
use crate::mail::{mailing, sign_up_by_mail};

pub(crate) const ROUTES: &[&str] = &["POST /v1/auth/forgot-password"];

#[tokio::test]
async fn known_and_unknown_addresses_get_the_same_answer_and_one_of_them_a_mail() -> Result<()> {
    let mails = MailServer::start().await?;
    let market = mailing(&mails).start().await?;
    let known = unique_email("forgetful");
    sign_up_by_mail(&market, &mails, &known).await?;
    let visitor = market.client()?;
    for email in [&unique_email("nobody"), &known] {
        let asked = visitor.post("/v1/auth/forgot-password", json!({"email": email}));
        let answer = expect_status(asked.await?, 202)?;
        assert_eq!(answer.json(), &json!({"status": "accepted"}));
    }
    mails.mail(&known, "Choose a new password").await?;
    assert!(mails.received().is_empty(), "{:?}", mails.received());
    Ok(())
}

#[tokio::test]
async fn an_address_is_sent_five_links_and_then_the_same_answer() -> Result<()> {
    let mails = MailServer::start().await?;
    let market = mailing(&mails).start().await?;
    let email = unique_email("flooded");
    sign_up_by_mail(&market, &mails, &email).await?;
    let visitor = market.client()?;
    for _ in 0..8 {
        let asked = visitor.post("/v1/auth/forgot-password", json!({"email": email}));
        expect_status(asked.await?, 202)?;
    }
    // One of the five was for the registration.
    for _ in 0..4 {
        mails.mail(&email, "Choose a new password").await?;
    }
    let left = "SELECT count(*) FROM mails WHERE due_at IS NOT NULL";
    assert_eq!(market.database.count(left).await?, 0);
    assert!(mails.received().is_empty());
    Ok(())
}

#[tokio::test]
async fn without_mail_the_operator_is_to_be_asked() -> Result<()> {
    let visitor = Market::shared().await?.client()?;
    let asked = json!({"email": "ada@example.com"});
    let answer = visitor.post("/v1/auth/forgot-password", asked).await?;
    assert_problem(&answer, 503, "mail_unavailable");
    Ok(())
}
