//! What people do by links.

use super::*;

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
