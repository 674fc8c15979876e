use futures::executor::block_on;

use super::*;
use crate::fixtures::{account_id, origin};

fn log_in(ports: Ports, attempt: &str) -> Result<OpenedSession, LogInError> {
    block_on(
        ports
            .accounts()
            .log_in(&email(), password(attempt), origin()),
    )
}

#[test]
fn the_right_password_opens_a_session() {
    let mut ports = Ports::default();
    ports.found(Some(credentials(Some("$hash"))));
    ports.verified("right", Some("$hash"), true);
    ports
        .sessions
        .expect_open()
        .withf(|session, _| is_opened_now(session, account_id(2), &origin()))
        .once()
        .returning(|_, _| Ok(true));
    let opened = log_in(ports, "right").unwrap();
    assert_eq!(opened.token.expose(), "minted");
    assert_eq!(opened.signed_in.account.id, account_id(2));
}

#[test]
fn with_a_second_factor_the_right_password_opens_a_challenge_instead() {
    let mut ports = Ports::default();
    ports.found(Some(Credentials {
        has_factor: true,
        ..credentials(Some("$hash"))
    }));
    ports.verified("right", Some("$hash"), true);
    ports
        .challenges
        .expect_open()
        .withf(|new| {
            new.digest == ChallengeDigest::new([8; 32])
                && new.account == account_id(2)
                && new.verified == Some(hash("$hash"))
                && new.at == at(NOW)
        })
        .once()
        .returning(|_| Ok(()));
    match log_in(ports, "right").unwrap_err() {
        LogInError::SecondFactorRequired { secret, expires_at } => {
            assert_eq!(secret.expose(), "challenge");
            assert_eq!(expires_at, at(NOW + 300));
        }
        error => panic!("{error}"),
    }
}

#[test]
fn a_wrong_password_does_not_tell_that_there_is_a_second_factor() {
    let mut ports = Ports::default();
    ports.found(Some(Credentials {
        has_factor: true,
        ..credentials(Some("$hash"))
    }));
    ports.verified("wrong", Some("$hash"), false);
    let error = log_in(ports, "wrong").unwrap_err();
    assert!(matches!(error, LogInError::InvalidCredentials));
}

#[test]
fn a_weak_password_of_before_still_logs_in() {
    let mut ports = Ports::default();
    ports.found(Some(credentials(Some("$hash"))));
    ports.verified("iloveyou", Some("$hash"), true);
    ports.sessions.expect_open().returning(|_, _| Ok(true));
    assert!(log_in(ports, "iloveyou").is_ok());
}

#[test]
fn a_wrong_password_is_rejected() {
    let mut ports = Ports::default();
    ports.found(Some(credentials(Some("$hash"))));
    ports.verified("wrong", Some("$hash"), false);
    let error = log_in(ports, "wrong").unwrap_err();
    assert!(matches!(error, LogInError::InvalidCredentials));
}

#[test]
fn a_password_whose_hash_was_made_as_it_was_typed_is_right_still() {
    let (composed, decomposed) = ("caf\u{e9} cr\u{e8}me", "cafe\u{301} cre\u{300}me");
    for (as_compared, as_typed) in [(true, false), (false, true), (false, false)] {
        let mut ports = Ports::default();
        ports.found(Some(credentials(Some("$hash"))));
        // Both are tried in any case: the time tells nothing about the hash.
        ports.verified(composed, Some("$hash"), as_compared);
        ports.verified(decomposed, Some("$hash"), as_typed);
        ports.sessions.expect_open().returning(|_, _| Ok(true));
        let opened = log_in(ports, decomposed);
        assert_eq!(opened.is_ok(), as_compared || as_typed);
    }
}

#[test]
fn an_unknown_address_takes_the_same_work_and_gets_the_same_error() {
    let mut ports = Ports::default();
    ports.found(None);
    ports.verified("anything", None, false);
    let error = log_in(ports, "anything").unwrap_err();
    assert!(matches!(error, LogInError::InvalidCredentials));
}

#[test]
fn an_account_without_a_password_accepts_no_password() {
    let mut ports = Ports::default();
    ports.found(Some(credentials(None)));
    ports.verified("anything", None, false);
    let error = log_in(ports, "anything").unwrap_err();
    assert!(matches!(error, LogInError::InvalidCredentials));
}

#[test]
fn a_password_that_cannot_be_checked_is_not_called_wrong() {
    let mut ports = Ports::default();
    ports.found(Some(credentials(Some("$hash"))));
    ports
        .passwords
        .expect_verify()
        .once()
        .returning(|_, _| Err(HashingError::Overloaded));
    let error = log_in(ports, "right").unwrap_err();
    assert!(matches!(
        error,
        LogInError::Hashing(HashingError::Overloaded)
    ));
}

#[test]
fn a_session_that_the_store_does_not_keep_is_not_handed_out() {
    let mut ports = Ports::default();
    ports.found(Some(credentials(Some("$hash"))));
    ports.verified("right", Some("$hash"), true);
    ports
        .sessions
        .expect_open()
        .once()
        .returning(|_, _| Err(StoreError::Overloaded));
    let error = log_in(ports, "right").unwrap_err();
    assert!(matches!(error, LogInError::Unavailable(_)));
}
