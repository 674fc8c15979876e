use udam_domain::account::{Email, NewAccount};
use udam_domain::audit::Actor;
use udam_domain::mail::{
    ClaimMail, ClaimedMail, LinkDigest, LinkPurpose, Mail, MailLink, MailOutcome, NewLink,
    PasswordChange,
};
use udam_domain::money::Currency;
use udam_domain::policy::LinkLimit;
use udam_domain::time::Timestamp;
use udam_domain::{
    AccountStore, MailLinkStore, MailStore, ReplacePassword, RequestLink, RequestLinkError,
    SessionStore, UseLink, UseLinkError,
};
use udam_postgres::{Mailing, PgMailLinkStore, PgMailStore};

use crate::fixtures::{account_with, at, hash, new_account, new_session, start};
use crate::harness::Database;

/// A database of which mails are sent.
async fn mailing() -> Database {
    Database::with(|settings| settings.mailing = Mailing::On).await
}

impl Database {
    fn mails(&self) -> PgMailStore {
        PgMailStore::new(self.pool.clone())
    }

    fn links(&self) -> PgMailLinkStore {
        PgMailLinkStore::new(self.pool.clone(), Currency::USD)
    }

    async fn ask(&self, request: RequestLink, at: Timestamp) -> Result<(), RequestLinkError> {
        self.links()
            .request(request, LinkLimit::default(), at)
            .await
    }

    /// Claims the next mail at this time, with the link `number`, and records it as sent.
    async fn send(&self, number: u8, at: Timestamp) -> Option<ClaimedMail> {
        let claimed = self.mails().claim(claim(number, at)).await.unwrap()?;
        self.mails()
            .record(claimed.id, claimed.attempts, MailOutcome::Sent, at)
            .await
            .unwrap();
        Some(claimed)
    }

    async fn registered(&self, email: &str) -> NewAccount {
        let account = account_with(email);
        self.accounts()
            .register(account.clone(), None)
            .await
            .unwrap();
        account
    }
}

fn digest(number: u8) -> LinkDigest {
    LinkDigest::new([number; 32])
}

fn claim(number: u8, when: Timestamp) -> ClaimMail {
    ClaimMail {
        at: when,
        until: when + udam_domain::time::SignedDuration::from_secs(60),
        link: NewLink {
            digest: digest(number),
            expires_at: MailLink::expires(when),
        },
    }
}

fn used(number: u8, at: Timestamp) -> UseLink {
    UseLink {
        digest: digest(number),
        address: None,
        at,
    }
}

fn email(text: &str) -> Email {
    text.parse().unwrap()
}

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
async fn a_registration_becomes_an_account_when_its_link_is_used() {
    let database = mailing().await;
    let new = account_with("ada@example.com");
    database
        .ask(RequestLink::Register(new.clone()), start())
        .await
        .unwrap();
    assert_eq!(database.count("accounts").await, 0);
    let claimed = database.send(1, at(1)).await.unwrap();
    assert_eq!(claimed.mail, Some(Mail::ConfirmRegistration));
    assert_eq!(claimed.to.name, None);
    let links = database.links();
    let purpose = links.verify(used(1, at(2))).await.unwrap();
    assert_eq!(purpose, LinkPurpose::Register);
    let found = database
        .accounts()
        .find_credentials(&new.account.email)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.account, new.account);
    assert_eq!(found.password_hash, new.password_hash);
    assert!(links.is_verified(new.account.id).await.unwrap());
    assert_eq!(database.count("tabs").await, 1);
    assert_eq!(database.count("registrations").await, 0);
    assert_eq!(database.audited().await, ["email_verified"]);
    let again = links.verify(used(1, at(3))).await;
    assert!(matches!(again, Err(UseLinkError::Spent)));
}

#[tokio::test]
async fn a_known_address_is_told_that_it_has_an_account() {
    let database = mailing().await;
    let known = database.registered("ada@example.com").await;
    let again = account_with("ada@example.com");
    database
        .ask(RequestLink::Register(again), start())
        .await
        .unwrap();
    let claimed = database.send(1, at(1)).await.unwrap();
    assert_eq!(claimed.mail, Some(Mail::AlreadyRegistered));
    let links = database.links();
    let found = links.find(digest(1), at(2)).await.unwrap().unwrap();
    assert_eq!(found.purpose, LinkPurpose::ResetPassword);
    assert_eq!(database.count("accounts").await, 1);
    assert_eq!(found.email, known.account.email);
}

#[tokio::test]
async fn of_two_registrations_of_one_address_the_first_to_be_confirmed_is_the_account() {
    let database = mailing().await;
    for _ in 0..2 {
        let new = account_with("ada@example.com");
        database
            .ask(RequestLink::Register(new), start())
            .await
            .unwrap();
    }
    for number in [1, 2] {
        database.send(number, at(1)).await.unwrap();
    }
    let links = database.links();
    links.verify(used(2, at(2))).await.unwrap();
    let other = links.verify(used(1, at(3))).await;
    assert!(matches!(other, Err(UseLinkError::Spent)));
    assert_eq!(database.count("accounts").await, 1);
}

#[tokio::test]
async fn a_reset_ends_all_sessions_and_spends_all_links_of_its_kind() {
    let database = mailing().await;
    let account = database.registered("ada@example.com").await;
    let id = account.account.id;
    let session = new_session(id, start());
    let verified = account.password_hash.clone();
    assert!(database.sessions().open(session, verified).await.unwrap());
    for _ in 0..2 {
        let asked = RequestLink::ResetPassword(account.account.email.clone());
        database.ask(asked, start()).await.unwrap();
    }
    for number in [1, 2] {
        database.send(number, at(1)).await.unwrap();
    }
    let links = database.links();
    let reset = links.reset_password(used(1, at(2)), hash("second"), Vec::new());
    assert_eq!(reset.await.unwrap(), id);
    assert_eq!(database.count("sessions").await, 0);
    assert!(links.is_verified(id).await.unwrap());
    for number in [1, 2] {
        let again = links.reset_password(used(number, at(3)), hash("third"), Vec::new());
        assert!(matches!(again.await, Err(UseLinkError::Spent)));
    }
    let told = database.send(9, at(4)).await.unwrap();
    let expected = Mail::PasswordChanged {
        how: PasswordChange::ByLink,
        at: at(2),
        address: None,
    };
    assert_eq!(told.mail, Some(expected));
    assert_eq!(told.to.name, Some(account.account.name));
    assert_eq!(
        database.audited().await.last().map(String::as_str),
        Some("password_reset")
    );
}

#[tokio::test]
async fn of_many_uses_of_a_link_at_once_one_succeeds() {
    let database = mailing().await;
    let account = database.registered("ada@example.com").await;
    for _ in 0..2 {
        let asked = RequestLink::ResetPassword(account.account.email.clone());
        database.ask(asked, start()).await.unwrap();
    }
    for number in [1, 2] {
        database.send(number, at(1)).await.unwrap();
    }
    let uses = (0..12_u8).map(|number| {
        let links = database.links();
        async move {
            links
                .reset_password(used(1 + number % 2, at(2)), hash("new"), Vec::new())
                .await
        }
    });
    let results = futures::future::join_all(uses).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let spent = |result: &&Result<_, _>| matches!(result, Err(UseLinkError::Spent));
    assert_eq!(results.iter().filter(spent).count(), 11);
}

#[tokio::test]
async fn a_link_expires_after_an_hour_and_does_nothing_else() {
    let database = mailing().await;
    let account = database.registered("ada@example.com").await;
    let asked = RequestLink::VerifyEmail(account.account.id);
    database.ask(asked, start()).await.unwrap();
    let claimed = database.send(1, start()).await.unwrap();
    assert_eq!(claimed.mail, Some(Mail::VerifyEmail));
    let links = database.links();
    let reset = links.reset_password(used(1, at(1)), hash("new"), Vec::new());
    assert!(matches!(reset.await, Err(UseLinkError::Spent)));
    assert!(links.find(digest(1), at(3_599)).await.unwrap().is_some());
    assert!(links.find(digest(1), at(3_600)).await.unwrap().is_none());
    let late = links.verify(used(1, at(3_600))).await;
    assert!(matches!(late, Err(UseLinkError::Spent)));
    let purpose = links.verify(used(1, at(3_599))).await.unwrap();
    assert_eq!(purpose, LinkPurpose::VerifyEmail);
    let asked = RequestLink::VerifyEmail(account.account.id);
    let again = database.ask(asked, at(3_600)).await;
    assert!(matches!(again, Err(RequestLinkError::AlreadyVerified)));
}

#[tokio::test]
async fn a_changed_address_is_told_to_both_and_links_to_the_old_one_end() {
    let database = mailing().await;
    let account = database.registered("old@example.com").await;
    let id = account.account.id;
    let asked = RequestLink::ResetPassword(email("old@example.com"));
    database.ask(asked, start()).await.unwrap();
    let asked = RequestLink::ChangeEmail {
        actor: Actor::from(id),
        to: email("new@example.com"),
    };
    database.ask(asked, at(1)).await.unwrap();
    database.send(1, at(2)).await.unwrap();
    let change = database.send(2, at(2)).await.unwrap();
    assert_eq!(change.to.email, email("new@example.com"));
    let links = database.links();
    links.verify(used(2, at(3))).await.unwrap();
    let reset = links.reset_password(used(1, at(4)), hash("new"), Vec::new());
    assert!(matches!(reset.await, Err(UseLinkError::Spent)));
    let mut told = Vec::new();
    while let Some(mail) = database.send(9, at(5)).await {
        assert!(matches!(mail.mail, Some(Mail::EmailChanged { .. })));
        told.push(mail.to.email.to_string());
    }
    told.sort();
    assert_eq!(told, ["new@example.com", "old@example.com"]);
    let found = database
        .accounts()
        .find_credentials(&email("new@example.com"))
        .await
        .unwrap();
    assert_eq!(found.unwrap().account.id, id);
    assert_eq!(database.audited().await, ["email_changed"]);
}

#[tokio::test]
async fn an_address_is_sent_five_links_in_an_hour_whoever_asks() {
    let database = mailing().await;
    let ask = |when| {
        let asked = RequestLink::ResetPassword(email("ada@example.com"));
        database.ask(asked, when)
    };
    let asked = futures::future::join_all((0..12).map(|_| ask(start()))).await;
    assert_eq!(asked.iter().filter(|result| result.is_ok()).count(), 5);
    let refused = ask(at(60)).await;
    let Err(RequestLinkError::TooMany(retry)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(retry.until, at(3_600));
    ask(at(3_601)).await.unwrap();
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
async fn an_operator_hands_on_a_link_that_resets_a_password() {
    let database = Database::fresh().await;
    let account = database.registered("ada@example.com").await;
    let links = database.links();
    let link = claim(1, start()).link;
    let nobody = links.issue_reset(email("nobody@example.com"), link, start());
    assert!(!nobody.await.unwrap());
    let issued = links.issue_reset(account.account.email.clone(), link, start());
    assert!(issued.await.unwrap());
    let reset = links.reset_password(used(1, at(1)), hash("second"), Vec::new());
    assert_eq!(reset.await.unwrap(), account.account.id);
    assert_eq!(
        database.audited().await,
        ["reset_link_issued", "password_reset"]
    );
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
