//! Mails from being written to being sent.

use super::*;

#[tokio::test]
async fn a_mail_is_claimed_by_one_and_again_when_the_claim_ends() {
    let database = mailing().await;
    let account = database.registered("ada@example.com").await;
    let asked = RequestLink::ResetPassword(account.account.email.clone());
    database.ask(asked, start()).await.unwrap();
    let mails = database.mails();
    let first = mails.claim(claim(1, at(1))).await.unwrap().unwrap();
    assert_eq!((first.attempts, first.mail), (1, Some(Mail::ResetPassword)));
    assert_eq!(first.to.email, account.account.email);
    assert!(mails.claim(claim(2, at(60))).await.unwrap().is_none());
    let again = mails.claim(claim(2, at(61))).await.unwrap().unwrap();
    assert_eq!((again.id, again.attempts), (first.id, 2));
    // The first has been too slow: what it says no longer counts.
    let put_off = MailOutcome::PutOff(at(5_000));
    mails.record(first.id, 1, put_off, at(62)).await.unwrap();
    mails
        .record(again.id, 2, MailOutcome::Sent, at(62))
        .await
        .unwrap();
    assert!(mails.claim(claim(3, at(9_000))).await.unwrap().is_none());
    // Both links work, for either mail may have arrived.
    let links = database.links();
    for number in [1, 2] {
        let found = links.find(digest(number), at(100)).await.unwrap();
        assert_eq!(found.unwrap().purpose, LinkPurpose::ResetPassword);
    }
}

#[tokio::test]
async fn a_mail_that_is_put_off_is_due_then() {
    let database = mailing().await;
    database.registered("ada@example.com").await;
    let asked = RequestLink::ResetPassword(email("ada@example.com"));
    database.ask(asked, start()).await.unwrap();
    let mails = database.mails();
    let claimed = mails.claim(claim(1, at(1))).await.unwrap().unwrap();
    let put_off = MailOutcome::PutOff(at(100));
    mails.record(claimed.id, 1, put_off, at(2)).await.unwrap();
    assert!(mails.claim(claim(2, at(99))).await.unwrap().is_none());
    assert!(mails.claim(claim(3, at(100))).await.unwrap().is_some());
}

#[tokio::test]
async fn nobody_is_told_of_a_password_of_an_address_without_an_account() {
    let database = mailing().await;
    let asked = RequestLink::ResetPassword(email("nobody@example.com"));
    database.ask(asked, start()).await.unwrap();
    let claimed = database.send(1, at(1)).await.unwrap();
    assert_eq!(claimed.mail, None);
    assert_eq!(database.count("mail_links").await, 0);
}

#[tokio::test]
async fn a_change_of_password_and_a_login_from_somewhere_new_are_told() {
    let database = mailing().await;
    let account = database.registered("ada@example.com").await;
    let id = account.account.id;
    let change = ReplacePassword {
        actor: Actor::from(id),
        from: hash("first"),
        to: hash("second"),
        keep: None,
        places: Vec::new(),
        at: at(1),
    };
    assert!(database.accounts().change_password(change).await.unwrap());
    let told = database.send(1, at(2)).await.unwrap().mail;
    assert!(matches!(told, Some(Mail::PasswordChanged { .. })));
    let place = |byte| {
        let digest = udam_domain::account::DeviceDigest::new([byte; 32]);
        vec![udam_domain::account::LogInPlace::Device(digest)]
    };
    // The first login is from nowhere new: none is known yet.
    for (byte, is_told) in [(1, false), (1, false), (2, true), (1, false)] {
        let mut session = new_session(id, at(10));
        session.places = place(byte);
        let sessions = database.sessions();
        let opened = sessions.open(session, Some(hash("second")));
        assert!(opened.await.unwrap());
        let told = database.send(1, at(20)).await;
        assert_eq!(told.is_some(), is_told, "{byte}");
    }
}

#[tokio::test]
async fn what_was_rolled_back_is_not_told() {
    let database = mailing().await;
    let account = database.registered("ada@example.com").await;
    database
        .fail_audit(udam_domain::audit::AuditAction::PasswordReset)
        .await;
    let asked = RequestLink::ResetPassword(account.account.email.clone());
    database.ask(asked, start()).await.unwrap();
    database.send(1, at(1)).await.unwrap();
    let links = database.links();
    let reset = links.reset_password(used(1, at(2)), hash("second"), Vec::new());
    assert!(matches!(reset.await, Err(UseLinkError::Unavailable(_))));
    assert!(database.send(2, at(3)).await.is_none());
    assert!(links.find(digest(1), at(3)).await.unwrap().is_some());
}

#[tokio::test]
async fn nothing_is_written_while_no_mail_is_sent() {
    let database = Database::fresh().await;
    let account = database.registered("ada@example.com").await;
    let change = ReplacePassword {
        actor: Actor::from(account.account.id),
        from: hash("first"),
        to: hash("second"),
        keep: None,
        places: Vec::new(),
        at: at(1),
    };
    assert!(database.accounts().change_password(change).await.unwrap());
    assert_eq!(database.count("mails").await, 0);
}

#[tokio::test]
async fn old_mails_links_and_registrations_are_forgotten() {
    let database = mailing().await;
    let new = new_account();
    database
        .ask(RequestLink::Register(new), start())
        .await
        .unwrap();
    database.send(1, at(1)).await.unwrap();
    let mails = database.mails();
    mails.forget(start()).await.unwrap();
    for table in ["mails", "mail_links", "registrations"] {
        assert_eq!(database.count(table).await, 1, "{table}");
    }
    mails.forget(at(10_000)).await.unwrap();
    for table in ["mails", "mail_links", "registrations"] {
        assert_eq!(database.count(table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn a_mail_that_this_version_does_not_know_keeps_no_other_waiting() {
    let database = mailing().await;
    database.registered("ada@example.com").await;
    let newer = "INSERT INTO mails (kind, subject, email, written_at, due_at)
        VALUES ('birthday', 'x', 'ada@example.com', $1, $1)";
    database.run(newer, &[&start()]).await;
    let asked = RequestLink::ResetPassword(email("ada@example.com"));
    database.ask(asked, at(1)).await.unwrap();
    let mails = database.mails();
    assert!(mails.claim(claim(1, at(2))).await.is_err());
    let next = mails.claim(claim(2, at(2))).await.unwrap().unwrap();
    assert_eq!(next.mail, Some(Mail::ResetPassword));
}
