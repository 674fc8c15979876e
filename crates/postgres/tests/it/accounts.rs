use futures::future::join_all;
use udam_domain::audit::AuditAction;
use udam_domain::{AccountStore, RegisterAccountError, ReplacePassword, SessionStore, StoreError};

use crate::fixtures::{
    account_with, actor, at, hash, new_account, new_session, session_policy, start,
};
use crate::harness::Database;

#[tokio::test]
async fn a_registered_account_is_found_and_is_signed_in() {
    let database = Database::fresh().await;
    let new = new_account();
    let session = new_session(new.account.id, start());
    database
        .accounts()
        .register(new.clone(), Some(session.clone()))
        .await
        .unwrap();

    let credentials = database
        .accounts()
        .find_credentials(&new.account.email)
        .await
        .unwrap();
    let credentials = credentials.unwrap();
    assert_eq!(
        (credentials.account, credentials.password_hash),
        (new.account.clone(), new.password_hash)
    );
    let signed_in = database
        .sessions()
        .authenticate(session.digest, session_policy(), at(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (signed_in.account, signed_in.session),
        (new.account, session.session)
    );
    let tab: String = database
        .value("SELECT currency FROM tabs WHERE open_minor = 0")
        .await;
    assert_eq!(tab, "USD");
}

#[tokio::test]
async fn an_unregistered_address_is_not_found() {
    let database = Database::fresh().await;
    let unknown = new_account().account;
    assert!(
        database
            .accounts()
            .find_credentials(&unknown.email)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn of_many_registrations_of_one_address_at_once_exactly_one_succeeds() {
    let database = Database::fresh().await;
    let register = |_| {
        let (accounts, new) = (database.accounts(), account_with("ada@example.com"));
        let session = new_session(new.account.id, start());
        async move { accounts.register(new, Some(session)).await }
    };
    let results = join_all((0..12).map(register)).await;

    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let refused = |result: &&Result<(), _>| matches!(result, Err(RegisterAccountError::EmailTaken));
    assert_eq!(results.iter().filter(refused).count(), 11);
    for table in ["accounts", "tabs", "sessions"] {
        assert_eq!(database.count(table).await, 1, "{table}");
    }
}

#[tokio::test]
async fn an_account_is_not_registered_when_its_session_cannot_be_opened() {
    let database = Database::fresh().await;
    let (_, taken) = database.account().await;
    let new = new_account();
    let mut session = new_session(new.account.id, start());
    session.digest = taken.digest;
    let result = database
        .accounts()
        .register(new.clone(), Some(session))
        .await;

    assert!(matches!(
        result,
        Err(RegisterAccountError::Unavailable(StoreError::Failed(_)))
    ));
    assert_eq!(database.count("accounts").await, 1);
    assert_eq!(database.count("tabs").await, 1);
}

#[tokio::test]
async fn a_changed_password_ends_every_other_session_and_is_audited() {
    let database = Database::fresh().await;
    let (account, keep) = database.account().await;
    let other = new_session(account, start());
    database
        .sessions()
        .open(other.clone(), Some(hash("first")))
        .await
        .unwrap();
    let (_, of_another) = database.account().await;
    let change = ReplacePassword {
        actor: actor(account),
        from: hash("first"),
        to: hash("second"),
        keep: Some(keep.session.id),
        places: Vec::new(),
        at: at(60),
    };
    assert!(database.accounts().change_password(change).await.unwrap());

    let alive = async |session: &udam_domain::account::NewSession| {
        let sessions = database.sessions();
        sessions
            .authenticate(session.digest, session_policy(), at(1))
            .await
            .unwrap()
            .is_some()
    };
    assert!(alive(&keep).await);
    assert!(!alive(&other).await);
    assert!(alive(&of_another).await);
    let kept: String = database
        .value("SELECT string_agg(password_hash, ' ' ORDER BY id) FROM accounts")
        .await;
    assert_eq!(kept, "$argon2id$second $argon2id$first");
    assert_eq!(database.audited().await, ["logged_in", "password_changed"]);
}

#[tokio::test]
async fn of_two_changes_of_one_password_only_the_first_succeeds() {
    let database = Database::fresh().await;
    let (account, keep) = database.account().await;
    let change = |to: &str| {
        let change = ReplacePassword {
            actor: actor(account),
            from: hash("first"),
            to: hash(to),
            keep: Some(keep.session.id),
            places: Vec::new(),
            at: at(60),
        };
        let accounts = database.accounts();
        async move { accounts.change_password(change).await.unwrap() }
    };
    let results = join_all(["second", "third", "fourth"].map(change)).await;

    assert_eq!(results.iter().filter(|changed| **changed).count(), 1);
    assert_eq!(database.audited().await, ["password_changed"]);
}

#[tokio::test]
async fn a_password_is_not_changed_when_the_change_cannot_be_audited() {
    let database = Database::fresh().await;
    let (account, keep) = database.account().await;
    database
        .sessions()
        .open(new_session(account, start()), Some(hash("first")))
        .await
        .unwrap();
    database.fail_audit(AuditAction::PasswordChanged).await;
    let change = ReplacePassword {
        actor: actor(account),
        from: hash("first"),
        to: hash("second"),
        keep: Some(keep.session.id),
        places: Vec::new(),
        at: at(60),
    };
    let result = database.accounts().change_password(change).await;

    assert!(matches!(result, Err(StoreError::Failed(_))));
    let kept: String = database.value("SELECT password_hash FROM accounts").await;
    assert_eq!(kept, "$argon2id$first");
    assert_eq!(database.count("sessions").await, 2);
}
