use futures::executor::block_on;

use super::*;
use crate::fixtures::{draw, origin};

fn register(name: Option<&str>) -> Register {
    Register {
        email: email(),
        password: password("correct horse"),
        name: name.map(|name| name.parse().unwrap()),
    }
}

/// Ports whose hasher makes `$new` of the password.
fn hashing() -> Ports {
    let mut ports = Ports::default();
    ports
        .passwords
        .expect_hash()
        .withf(|password| password.expose() == "correct horse")
        .once()
        .returning(|_| Ok(hash("$new")));
    ports
}

#[test]
fn an_account_is_registered_with_its_hash_and_its_first_session() {
    let id = AccountId::mint(at(NOW), &draw(1));
    let mut ports = hashing();
    ports
        .accounts
        .expect_register()
        .withf(move |new, session| {
            new.account.id == id
                && new.account.email == email()
                && new.password_hash == Some(hash("$new"))
                && new.registered_at == at(NOW)
                && session.as_ref().unwrap().session.id == SessionId::mint(at(NOW), &draw(2))
                && is_opened_now(session.as_ref().unwrap(), id, &origin())
        })
        .once()
        .returning(|_, _| Ok(()));
    let opened = block_on(ports.accounts().register(register(None), origin())).unwrap();
    assert_eq!(opened.token.expose(), "minted");
    assert_eq!(opened.signed_in.account.id, id);
    assert_eq!(opened.signed_in.session.account_id, id);
}

#[test]
fn an_account_without_a_name_is_called_by_its_identifier_and_never_by_its_address() {
    let neutral = AccountName::neutral(AccountId::mint(at(NOW), &draw(1)));
    assert!(!neutral.as_str().contains("ada"));
    for (given, called) in [(Some("Countess"), "Countess"), (None, neutral.as_str())] {
        let called = called.to_owned();
        let expected = called.clone();
        let mut ports = hashing();
        ports
            .accounts
            .expect_register()
            .withf(move |new, _| new.account.name.as_str() == expected)
            .once()
            .returning(|_, _| Ok(()));
        let opened = block_on(ports.accounts().register(register(given), origin())).unwrap();
        assert_eq!(opened.signed_in.account.name.as_str(), called);
    }
}

#[test]
fn a_taken_address_is_an_error() {
    let mut ports = hashing();
    ports
        .accounts
        .expect_register()
        .once()
        .returning(|_, _| Err(RegisterAccountError::EmailTaken));
    let error = block_on(ports.accounts().register(register(None), origin())).unwrap_err();
    assert!(matches!(error, RegisterError::EmailTaken));
}

#[test]
fn a_password_that_is_guessed_first_is_neither_hashed_nor_registered() {
    for (text, why) in [
        ("        ", WeakPassword::Blank),
        ("ada@example.com", WeakPassword::OwnAddress),
        ("ILoveYou", WeakPassword::Common),
    ] {
        let request = Register {
            password: password(text),
            ..register(None)
        };
        let accounts = Ports::default().accounts();
        let registered = block_on(accounts.register(request, origin()));
        let error = registered.unwrap_err();
        assert!(matches!(error, RegisterError::WeakPassword(found) if found == why));
    }
}

#[test]
fn a_password_that_cannot_be_hashed_registers_nobody() {
    let mut ports = Ports::default();
    ports
        .passwords
        .expect_hash()
        .once()
        .returning(|_| Err(HashingError::Overloaded));
    let error = block_on(ports.accounts().register(register(None), origin())).unwrap_err();
    assert!(matches!(
        error,
        RegisterError::Hashing(HashingError::Overloaded)
    ));
}

#[test]
fn a_failing_store_is_distinct_from_a_taken_address() {
    let mut ports = hashing();
    ports
        .accounts
        .expect_register()
        .once()
        .returning(|_, _| Err(StoreError::Overloaded.into()));
    let error = block_on(ports.accounts().register(register(None), origin())).unwrap_err();
    assert!(matches!(
        error,
        RegisterError::Unavailable(StoreError::Overloaded)
    ));
}
