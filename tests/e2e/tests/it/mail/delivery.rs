//! That each mail arrives, whatever stops in between.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use udam_testkit::{
    Binary, MailFault, MailServer, env_number, expect_status, unique_email, wait_until,
};

use super::{mailing, sign_up_by_mail};

/// Writes this many mails as the reset of a password does, all due, in one transaction.
async fn write(database: &udam_testkit::Database, count: u64) -> Result<()> {
    let insert = format!(
        "INSERT INTO mails (kind, subject, account_id, facts, written_at, due_at)
         SELECT 'password_changed', 'bulk:' || n, (SELECT id FROM accounts LIMIT 1),
             '{{\"how\": \"by_link\", \"at\": \"2028-01-01T00:00:00Z\"}}', now(), now()
         FROM generate_series(1, {count}) AS n"
    );
    database.execute(&insert).await
}

#[tokio::test]
async fn mails_of_a_server_that_is_killed_again_and_again_each_arrive() -> Result<()> {
    const IN_FLIGHT: usize = 4;

    let count = env_number("UDAM_TEST_MAILS").unwrap_or(100);
    let mails = MailServer::start().await?;
    let builder = mailing(&mails);
    let mut market = builder.clone().start().await?;
    sign_up_by_mail(&market, &mails, &unique_email("bulk")).await?;
    mails.delay(Duration::from_millis(5));
    write(&market.database, count).await?;
    let mut kills = 0;
    let unsent = "SELECT count(*) FROM mails WHERE due_at IS NOT NULL";
    while market.database.count(unsent).await? > 0 {
        if kills < 10 {
            let before = mails.received().len();
            let more = usize::try_from(count)? / 20;
            wait_until("some mails to arrive", async || {
                Ok(mails.received().len() >= before + more.max(1)
                    || market.database.count(unsent).await? == 0)
            })
            .await?;
            market.servers[0].kill().await?;
            kills += 1;
            // As if the claims of the dead server had ended.
            let past = "UPDATE mails SET due_at = now() WHERE due_at > now()";
            market.database.execute(past).await?;
            market.servers[0] = builder.start_server(&market.database).await?;
        } else {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    let mut by_id = BTreeMap::new();
    for mail in mails.received() {
        *by_id
            .entry(mail.header("message-id").to_owned())
            .or_insert(0_usize) += 1;
    }
    let repeats: usize = by_id.values().map(|times| times - 1).sum();
    println!("{} mails, {kills} kills, {repeats} repeats", by_id.len());
    assert_eq!(u64::try_from(by_id.len())?, count);
    assert!(
        repeats <= kills * IN_FLIGHT,
        "{repeats} repeats of {kills} kills"
    );
    Ok(())
}

#[tokio::test]
async fn a_mail_is_tried_again_after_failures_that_pass_and_given_up_after_one_that_does_not()
-> Result<()> {
    let mails = MailServer::start().await?;
    let market = mailing(&mails).start().await?;
    let email = unique_email("patient");
    sign_up_by_mail(&market, &mails, &email).await?;
    let sooner = "UPDATE mails SET due_at = now() WHERE due_at > now()";
    for fault in [MailFault::Later, MailFault::CutAfterData] {
        mails.fail([fault]);
        write(&market.database, 1).await?;
        wait_until("the attempt to fail", async || {
            let failed =
                "SELECT count(*) FROM mails WHERE attempts > 0 AND due_at > now() + interval '5 s'
                AND due_at < now() + interval '11 s'";
            Ok(market.database.count(failed).await? == 1)
        })
        .await?;
        market.database.execute(sooner).await?;
        let first = mails.mail(&email, "was changed").await?;
        if fault == MailFault::CutAfterData {
            let again = mails.mail(&email, "was changed").await?;
            assert_eq!(again.header("message-id"), first.header("message-id"));
        }
        wait_until("the mail to be recorded", async || {
            let sent = "SELECT count(*) FROM mails WHERE due_at IS NOT NULL";
            Ok(market.database.count(sent).await? == 0)
        })
        .await?;
        market.database.execute("DELETE FROM mails").await?;
    }
    mails.fail([MailFault::Never]);
    write(&market.database, 1).await?;
    wait_until("the mail to be given up", async || {
        let given_up = "SELECT count(*) FROM mails WHERE outcome = 'given_up'";
        Ok(market.database.count(given_up).await? == 1)
    })
    .await?;
    assert!(mails.received().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_mail_is_text_and_html_and_its_secret_is_nowhere_else() -> Result<()> {
    let mails = MailServer::start().await?;
    let market = mailing(&mails).start().await?;
    let email = unique_email("canary");
    let visitor = market.client()?;
    expect_status(visitor.register(&email, "a password of mine").await?, 202)?;
    let mail = mails.mail(&email, "Confirm your registration").await?;
    assert!(
        mail.header("content-type")
            .starts_with("multipart/alternative")
    );
    assert!(mail.header("message-id").starts_with("<mai_"));
    assert!(mail.header("message-id").ends_with("@example.com>"));
    assert_eq!(mail.header("from"), "Market <market@example.com>");
    assert!(mail.text.contains("text/plain") && mail.text.contains("text/html"));
    let secret = mail.secret()?;
    assert!(secret.starts_with("udam_lnk_"));
    assert!(!market.logs().contains(secret));
    let metrics = market.operator(0)?.get("/metrics").await?;
    assert!(!metrics.text.contains(secret));
    wait_until("the mail to be counted", async || {
        Ok(market.metric(0, "udam_mails_sent_total").await? == 1)
    })
    .await?;
    let rows =
        "SELECT string_agg(m::text, '') || (SELECT string_agg(l::text, '') FROM mail_links l)
        FROM mails m";
    let row = market
        .database
        .connect()
        .await?
        .query_one(rows, &[])
        .await?;
    let stored: String = row.get(0);
    assert!(!stored.contains(secret), "{stored}");
    Ok(())
}

#[tokio::test]
async fn a_test_mail_is_sent_and_settings_that_lack_one_another_are_refused() -> Result<()> {
    let mails = MailServer::start().await?;
    let test = async |settings: Vec<(&str, String)>| {
        let command = ["mail", "test", "operator@example.com"];
        Binary::udam()?.run(command, settings).await
    };
    let arrived = test(mails.settings().to_vec()).await?;
    arrived.success()?;
    mails.mail("operator@example.com", "works").await?;
    let off = test(Vec::new()).await?;
    assert_eq!(off.code, Some(1));
    let half = test(vec![(
        "UDAM_SMTP_URL",
        "smtp://user:hunter2@127.0.0.1:1".to_owned(),
    )])
    .await?;
    assert_eq!(half.code, Some(2));
    assert!(
        half.stderr.contains("UDAM_MAIL_FROM is missing"),
        "{}",
        half.stderr
    );
    assert!(!half.stderr.contains("hunter2"));
    Ok(())
}
