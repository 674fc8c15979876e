use futures::executor::block_on;

use super::*;
use crate::fixtures::{account_id, origin};

fn open_session(ports: Ports) -> Result<Option<OpenedSession>, StoreError> {
    block_on(ports.accounts().open_session(&email(), origin()))
}

#[test]
fn a_session_is_opened_for_whom_the_caller_has_authenticated() {
    for password in [Some("$hash"), None] {
        let mut ports = Ports::default();
        ports.found(Some(credentials(password)));
        ports
            .sessions
            .expect_open()
            .withf(move |session, verified| {
                *verified == password.map(hash) && is_opened_now(session, account_id(2), &origin())
            })
            .once()
            .returning(|_, _| Ok(true));
        let opened = open_session(ports).unwrap().unwrap();
        assert_eq!(opened.signed_in.account.id, account_id(2));
        assert_eq!(opened.signed_in.session.account_id, account_id(2));
    }
}

#[test]
fn no_session_is_opened_for_an_unknown_address() {
    let mut ports = Ports::default();
    ports.found(None);
    assert!(open_session(ports).unwrap().is_none());
}

#[test]
fn a_session_that_a_change_of_password_prevents_may_be_tried_again() {
    let mut ports = Ports::default();
    ports.found(Some(credentials(Some("$hash"))));
    ports.sessions.expect_open().returning(|_, _| Ok(false));
    let error = open_session(ports).unwrap_err();
    assert!(matches!(error, StoreError::Overloaded));
}

#[test]
fn an_account_is_found_by_its_address() {
    let mut ports = Ports::default();
    ports.found(Some(credentials(None)));
    let found = block_on(ports.accounts().find(&email())).unwrap();
    assert_eq!(found, Some(account(2)));
    let mut ports = Ports::default();
    ports.found(None);
    assert_eq!(block_on(ports.accounts().find(&email())).unwrap(), None);
}
