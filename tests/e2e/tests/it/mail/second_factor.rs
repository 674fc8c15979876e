//! What an account is told of its second factor.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{MailServer, PASSWORD, add_factor, expect_status, unique_email};

use super::{mailing, sign_up_by_mail};

#[tokio::test]
async fn an_account_is_told_of_each_change_and_of_each_recovery_code_that_is_used() -> Result<()> {
    let mails = MailServer::start().await?;
    let market = mailing(&mails).start().await?;
    let email = unique_email("guarded");
    let client = sign_up_by_mail(&market, &mails, &email).await?;
    let factors = add_factor(&client, PASSWORD).await?;
    let changed = "Your second factor at";
    let added = mails.mail(&email, changed).await?;
    assert!(added.text.contains("A second factor was added"));
    let code = json!({"recovery_code": factors.recovery_codes[0]});
    expect_status(factors.client.post("/v1/auth/step-up", code).await?, 200)?;
    let used = mails.mail(&email, "A recovery code was used at").await?;
    assert!(used.text.contains("9 are left"));
    for mail in [added, used] {
        for code in &factors.recovery_codes {
            assert!(!mail.text.contains(code));
        }
    }
    Ok(())
}
