use futures::executor::block_on;
use mockall::Sequence;

use super::*;
use crate::fixtures::{account_id, draw, origin};

fn log_in(ports: Ports) -> Result<OpenedSession, StoreError> {
    block_on(ports.accounts().log_in_without_password(email(), origin()))
}

fn opens_for_account_2(ports: &mut Ports) {
    ports
        .sessions
        .expect_open()
        .withf(|session, _| is_opened_now(session, account_id(2), &origin()))
        .once()
        .returning(|_, _| Ok(true));
}

/// Nobody has the address, then somebody has registered it, then `found_then` is found.
fn losing_the_race(found_then: Option<Credentials>) -> Ports {
    let mut ports = Ports::default();
    let mut order = Sequence::new();
    let store = &mut ports.accounts;
    store
        .expect_find_credentials()
        .once()
        .in_sequence(&mut order)
        .returning(|_| Ok(None));
    store
        .expect_register()
        .once()
        .in_sequence(&mut order)
        .returning(|_, _| Err(RegisterAccountError::EmailTaken));
    store
        .expect_find_credentials()
        .once()
        .in_sequence(&mut order)
        .return_once(|_| Ok(found_then));
    ports
}

#[test]
fn a_known_address_signs_in() {
    let mut ports = Ports::default();
    ports.found(Some(credentials(Some("$hash"))));
    opens_for_account_2(&mut ports);
    let opened = log_in(ports).unwrap();
    assert_eq!(opened.signed_in.account.id, account_id(2));
}

#[test]
fn a_new_address_is_registered_without_a_password() {
    let id = AccountId::mint(at(NOW), &draw(1));
    let mut ports = Ports::default();
    ports.found(None);
    ports
        .accounts
        .expect_register()
        .withf(move |new, session| {
            new.account.id == id
                && new.account.name.as_str() == "ada"
                && new.password_hash.is_none()
                && is_opened_now(session, id, &origin())
        })
        .once()
        .returning(|_, _| Ok(()));
    let opened = log_in(ports).unwrap();
    assert_eq!(opened.signed_in.account.id, id);
}

#[test]
fn who_loses_the_race_to_register_signs_in_to_the_account_that_won_it() {
    let mut ports = losing_the_race(Some(credentials(None)));
    opens_for_account_2(&mut ports);
    let opened = log_in(ports).unwrap();
    assert_eq!(opened.signed_in.account.id, account_id(2));
    assert_eq!(opened.signed_in.session.account_id, account_id(2));
}

#[test]
fn a_taken_address_that_is_not_found_may_be_tried_again() {
    let error = log_in(losing_the_race(None)).unwrap_err();
    assert!(matches!(error, StoreError::Overloaded));
}
