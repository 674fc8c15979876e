use futures::executor::block_on;

use super::*;
use crate::fixtures::{actor, session_id};

fn change(ports: Ports) -> Result<(), ChangePasswordError> {
    change_as(2, ports)
}

fn change_as(account: u128, ports: Ports) -> Result<(), ChangePasswordError> {
    let request = ChangePassword {
        email: email(),
        current: password("current"),
        new: password("new password"),
        keep: Some(session_id(2)),
        device: None,
    };
    block_on(ports.accounts().change_password(actor(account), request))
}

/// Ports with whom `current` is right, and whose hasher makes `$new` of the new password.
fn with_the_right_password() -> Ports {
    let mut ports = Ports::default();
    ports.found(Some(credentials(Some("$old"))));
    ports.verified("current", Some("$old"), true);
    ports
        .passwords
        .expect_hash()
        .withf(|password| password.expose() == "new password")
        .once()
        .returning(|_| Ok(hash("$new")));
    ports
}

#[test]
fn the_new_hash_takes_the_place_of_the_one_that_was_checked() {
    let mut ports = with_the_right_password();
    ports
        .accounts
        .expect_change_password()
        .withf(|change| {
            change.from == hash("$old")
                && change.to == hash("$new")
                && change.actor == actor(2)
                && change.at == at(NOW)
                && change.keep == Some(session_id(2))
        })
        .once()
        .returning(|_| Ok(true));
    change(ports).unwrap();
}

#[test]
fn a_wrong_current_password_changes_nothing() {
    let mut ports = Ports::default();
    ports.found(Some(credentials(Some("$old"))));
    ports.verified("current", Some("$old"), false);
    let error = change(ports).unwrap_err();
    assert!(matches!(error, ChangePasswordError::InvalidCredentials));
}

#[test]
fn the_password_of_another_account_is_not_changed() {
    let mut ports = Ports::default();
    ports.found(Some(credentials(Some("$old"))));
    ports.verified("current", None, false);
    let error = change_as(3, ports).unwrap_err();
    assert!(matches!(error, ChangePasswordError::InvalidCredentials));
}

#[test]
fn an_account_without_a_password_has_none_to_change() {
    let mut ports = Ports::default();
    ports.found(Some(credentials(None)));
    // Even a hasher that broke its promise would not let one be set.
    ports.verified("current", None, true);
    let error = change(ports).unwrap_err();
    assert!(matches!(error, ChangePasswordError::InvalidCredentials));
}

#[test]
fn a_password_changed_elsewhere_meanwhile_is_not_overwritten() {
    let mut ports = with_the_right_password();
    ports
        .accounts
        .expect_change_password()
        .once()
        .returning(|_| Ok(false));
    let error = change(ports).unwrap_err();
    assert!(matches!(error, ChangePasswordError::InvalidCredentials));
}

#[test]
fn a_new_password_that_is_guessed_first_changes_nothing() {
    for (text, why) in [
        ("aaaaaaaa", WeakPassword::Repeated),
        ("ada@example.com", WeakPassword::OwnAddress),
        ("iloveyou", WeakPassword::Common),
    ] {
        let request = ChangePassword {
            email: email(),
            current: password("current"),
            new: password(text),
            keep: None,
            device: None,
        };
        let accounts = Ports::default().accounts();
        let changed = block_on(accounts.change_password(actor(2), request));
        let error = changed.unwrap_err();
        assert!(matches!(error, ChangePasswordError::WeakPassword(found) if found == why));
    }
}
