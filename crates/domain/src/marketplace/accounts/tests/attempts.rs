use futures::executor::block_on;
use mockall::Sequence;

use super::*;
use crate::account::DeviceDigest;
use crate::account::{AttemptOutcome, AttemptSource, LogInPlace, Network, TooManyAttempts};
use crate::fixtures::{actor, origin, session_id};
use crate::ports::{AdmittedAttempt, MockPasswordAttemptStore};
use crate::time::SignedDuration;

const DEVICE: DeviceDigest = DeviceDigest::new([9; 32]);

fn client() -> Client {
    Client {
        origin: origin(),
        device: Some(DEVICE),
    }
}

fn refusing() -> Ports {
    let mut attempts = MockPasswordAttemptStore::new();
    attempts.expect_admit().once().returning(|_| {
        let retry_after = SignedDuration::from_secs(7);
        Err(TooManyAttempts { retry_after }.into())
    });
    Ports {
        attempts: Some(Arc::new(attempts)),
        ..Ports::default()
    }
}

/// Ports whose attempts are expected to be `by` this client, and to be settled with this outcome.
fn settling(by: AttemptBy, outcome: AttemptOutcome) -> Ports {
    let mut attempts = MockPasswordAttemptStore::new();
    let mut order = Sequence::new();
    attempts
        .expect_admit()
        .withf(move |attempt| {
            attempt.email == email()
                && attempt.by == by
                && attempt.address == origin().address
                && attempt.at == at(NOW)
        })
        .once()
        .in_sequence(&mut order)
        .returning(|attempt| {
            Ok(AdmittedAttempt {
                kind: attempt.kind,
                email: attempt.email,
                source: AttemptSource::Strangers,
                address: attempt.address,
                at: attempt.at,
            })
        });
    attempts
        .expect_settle()
        .withf(move |attempt, found| attempt.email == email() && *found == outcome)
        .once()
        .in_sequence(&mut order)
        .returning(|_, _| Ok(()));
    Ports {
        attempts: Some(Arc::new(attempts)),
        ..Ports::default()
    }
}

fn visitor() -> AttemptBy {
    AttemptBy::Visitor(client().places())
}

fn log_in(ports: Ports) -> Result<OpenedSession, LogInError> {
    block_on(
        ports
            .accounts()
            .log_in(&email(), password("guess"), client()),
    )
}

#[test]
fn an_attempt_that_is_refused_reads_no_account_and_hashes_nothing() {
    let error = log_in(refusing()).unwrap_err();
    assert!(
        matches!(error, LogInError::TooManyAttempts(refused) if refused.retry_after_seconds() == 7)
    );
}

#[test]
fn the_right_password_makes_the_places_of_the_client_known() {
    let mut ports = settling(visitor(), AttemptOutcome::Right);
    ports.found(Some(credentials(Some("$hash"))));
    ports.verified("guess", Some("$hash"), true);
    ports
        .sessions
        .expect_open()
        .withf(|new, _| {
            let network = LogInPlace::Network(Network::of([192, 0, 2, 7].into()));
            new.places == [LogInPlace::Device(DEVICE), network]
        })
        .once()
        .returning(|_, _| Ok(true));
    assert!(log_in(ports).is_ok());
}

#[test]
fn a_wrong_password_is_a_failure_whether_or_not_there_is_an_account() {
    for found in [
        Some(credentials(Some("$hash"))),
        Some(credentials(None)),
        None,
    ] {
        let mut ports = settling(visitor(), AttemptOutcome::Wrong);
        let hash = found.as_ref().and_then(|found| found.password_hash.clone());
        ports.found(found);
        ports.verified("guess", hash.map(|_| "$hash"), false);
        let error = log_in(ports).unwrap_err();
        assert!(matches!(error, LogInError::InvalidCredentials));
    }
}

#[test]
fn a_password_that_could_not_be_verified_is_no_failure() {
    let mut ports = settling(visitor(), AttemptOutcome::Unverified);
    ports.found(Some(credentials(Some("$hash"))));
    ports
        .passwords
        .expect_verify()
        .once()
        .returning(|_, _| Err(HashingError::Overloaded));
    let error = log_in(ports).unwrap_err();
    assert!(matches!(
        error,
        LogInError::Hashing(HashingError::Overloaded)
    ));
}

fn change(ports: Ports) -> Result<(), ChangePasswordError> {
    let request = ChangePassword {
        email: email(),
        current: password("guess"),
        new: password("new password"),
        keep: Some(session_id(2)),
        device: Some(DEVICE),
    };
    block_on(ports.accounts().change_password(actor(2), request))
}

#[test]
fn the_password_of_a_session_that_guesses_is_counted_by_itself() {
    let mut ports = settling(AttemptBy::Session(session_id(2)), AttemptOutcome::Wrong);
    ports.found(Some(credentials(Some("$hash"))));
    ports.verified("guess", Some("$hash"), false);
    let error = change(ports).unwrap_err();
    assert!(matches!(error, ChangePasswordError::InvalidCredentials));
    let error = change(refusing()).unwrap_err();
    assert!(matches!(error, ChangePasswordError::TooManyAttempts(_)));
}

#[test]
fn after_a_change_of_password_only_the_client_that_made_it_is_known() {
    let mut ports = settling(AttemptBy::Session(session_id(2)), AttemptOutcome::Right);
    ports.found(Some(credentials(Some("$hash"))));
    ports.verified("guess", Some("$hash"), true);
    ports
        .passwords
        .expect_hash()
        .returning(|_| Ok(hash("$new")));
    ports
        .accounts
        .expect_change_password()
        .withf(|change| change.places == client().places())
        .once()
        .returning(|_| Ok(true));
    change(ports).unwrap();
}
