use std::sync::Mutex;

use async_trait::async_trait;
use futures::executor::block_on;

use super::*;
use crate::account::{
    AttemptKind, AttemptOutcome, AttemptSource, ChallengeDigest, Challenged, Credentials, Factors,
    PasswordHash, SessionDigest, StoredFactor, TotpStep,
};
use crate::fixtures::{account, account_id, actor, at, origin, sealed, session_id, signed_in};
use crate::mocks::{FixedClock, MockPorts};
use crate::ports::{AdmitAttemptError, AdmittedAttempt, PasswordAttempt};

const NOW: i64 = 3_000;
/// Number of the step of [`NOW`].
const STEP: u64 = 100;

fn code(step: u64) -> TotpCode {
    TotpCode::truncated(u32::try_from(step).unwrap())
}

fn recovery() -> RecoveryCode {
    "0000-1111-2222-3333-4444-5555".parse().unwrap()
}

fn factor(number: u128) -> StoredFactor {
    StoredFactor {
        id: SecondFactorId::from_uuid(uuid::Uuid::from_u128(number)),
        secret: sealed("k1", "secret"),
        last_step: TotpStep::new(STEP - 1),
    }
}

/// Attempts, each with its outcome; all are admitted.
#[derive(Default)]
struct Attempts(Mutex<Vec<(AttemptBy, AttemptOutcome)>>);

#[async_trait]
impl PasswordAttemptStore for Attempts {
    async fn admit(&self, attempt: PasswordAttempt) -> Result<AdmittedAttempt, AdmitAttemptError> {
        if attempt.kind == AttemptKind::SecondFactor {
            // What is never settled stays a failure.
            let mut attempts = self.0.lock().unwrap();
            attempts.push((attempt.by, AttemptOutcome::Wrong));
        }
        Ok(AdmittedAttempt {
            kind: attempt.kind,
            email: attempt.email,
            source: AttemptSource::Strangers,
            address: attempt.address,
            at: attempt.at,
        })
    }

    async fn settle(
        &self,
        attempt: AdmittedAttempt,
        outcome: AttemptOutcome,
    ) -> Result<(), StoreError> {
        if attempt.kind == AttemptKind::SecondFactor {
            self.0.lock().unwrap().last_mut().unwrap().1 = outcome;
        }
        Ok(())
    }
}

/// Ports whose codes are the numbers of their steps, and whose clock stands at [`NOW`].
fn ports() -> (MockPorts, Arc<Attempts>) {
    let attempts = Arc::new(Attempts::default());
    let mut ports = MockPorts {
        attempts: Arc::<Attempts>::clone(&attempts),
        clock: Arc::new(FixedClock::new(at(NOW))),
        ..MockPorts::default()
    };
    let factors = &mut ports.second_factors;
    let codes = &mut factors.codes;
    codes
        .expect_code()
        .returning(|_, step| Some(code(step.number())));
    codes
        .expect_digest()
        .returning(|_| RecoveryCodeDigest::new([5; 32]));
    codes
        .expect_new_recovery_code()
        .returning(|| (recovery(), RecoveryCodeDigest::new([5; 32])));
    codes
        .expect_new_secret()
        .returning(|| TotpSecret::new("new secret".to_owned()));
    factors
        .vault
        .expect_open()
        .returning(|_, _| Ok(TotpSecret::new("secret".to_owned())));
    ports.mint.expect_mint().returning(|| {
        let token = SessionToken::new("renewed".to_owned());
        (token, SessionDigest::new([9; 32]))
    });
    (ports, attempts)
}

fn finding(
    active: Option<StoredFactor>,
    begun: Option<StoredFactor>,
) -> (MockPorts, Arc<Attempts>) {
    let (mut ports, attempts) = ports();
    ports
        .second_factors
        .store
        .expect_find()
        .returning(move |account, now| {
            assert_eq!((account, now), (account_id(2), at(NOW)));
            Ok(Factors {
                active: active.clone(),
                begun: begun.clone(),
                recovery_codes: 10,
            })
        });
    (ports, attempts)
}

/// Account 2 with a factor that its session has proved at this time.
fn proved(proved_at: Option<i64>) -> SignedIn {
    let mut signed_in = signed_in(2);
    signed_in.has_factor = true;
    signed_in.session.proved_at = proved_at.map(at);
    signed_in
}

fn factors(ports: MockPorts) -> SecondFactors {
    ports.into_marketplace().second_factors
}

#[test]
fn a_factor_is_begun_with_the_password_and_sealed_for_itself() {
    let (mut ports, _) = ports();
    ports.accounts.expect_find_credentials().returning(|_| {
        Ok(Some(Credentials {
            account: account(2),
            password_hash: Some(PasswordHash::from_phc("hash".to_owned())),
            is_suspended: false,
            has_factor: false,
        }))
    });
    ports
        .passwords
        .expect_verify()
        .returning(|password, _| Ok(password.expose() == "right"));
    ports
        .second_factors
        .vault
        .expect_seal()
        .returning(|_, secret| Ok(sealed("k1", secret.expose())));
    ports
        .second_factors
        .store
        .expect_begin()
        .withf(|new| new.secret == sealed("k1", "new secret") && new.actor == actor(2))
        .once()
        .returning(|_| Ok(()));
    let factors = factors(ports);
    let begin = |password: &str| {
        let password = Password::attempt(password.to_owned()).unwrap();
        block_on(factors.begin(actor(2), &signed_in(2), password))
    };
    let wrong = begin("wrong").unwrap_err();
    assert!(matches!(wrong, BeginFactorError::InvalidCredentials));
    assert_eq!(begin("right").unwrap().secret.expose(), "new secret");
}

#[test]
fn a_factor_is_confirmed_by_a_code_of_its_own() {
    let (mut ports, _) = finding(None, Some(factor(7)));
    ports
        .second_factors
        .store
        .expect_confirm()
        .withf(|confirm| {
            confirm.factor == factor(7).id
                && confirm.step == TotpStep::new(STEP)
                && confirm.recovery_codes.len() == RecoveryCode::COUNT
                && confirm.session.session == session_id(2)
                && confirm.session.digest == SessionDigest::new([9; 32])
        })
        .once()
        .returning(|_| Ok(true));
    let factors = factors(ports);
    let confirm = |step| block_on(factors.confirm(actor(2), &signed_in(2), code(step)));
    let wrong = confirm(STEP + 5).unwrap_err();
    assert!(matches!(wrong, ConfirmFactorError::WrongCode));
    let confirmed = confirm(STEP).unwrap();
    assert_eq!(confirmed.recovery_codes.len(), 10);
    assert_eq!(confirmed.token.expose(), "renewed");
}

#[test]
fn nothing_about_a_factor_changes_without_a_recent_proof_of_it() {
    for stale in [None, Some(NOW - 900)] {
        let factors = factors(ports().0);
        let (by, signed_in) = (actor(2), proved(stale));
        let password = Password::attempt("right".to_owned()).unwrap();
        let begun = block_on(factors.begin(by, &signed_in, password)).unwrap_err();
        assert!(matches!(begun, BeginFactorError::StepUpRequired(_)));
        let shown = block_on(factors.begun(&signed_in)).unwrap_err();
        assert!(matches!(shown, ConfirmFactorError::StepUpRequired(_)));
        let confirmed = block_on(factors.confirm(by, &signed_in, code(STEP))).unwrap_err();
        assert!(matches!(confirmed, ConfirmFactorError::StepUpRequired(_)));
        let removed = block_on(factors.remove(by, &signed_in)).unwrap_err();
        assert!(matches!(removed, RemoveFactorError::StepUpRequired(_)));
        let replaced = block_on(factors.replace_recovery_codes(by, &signed_in)).unwrap_err();
        assert!(matches!(replaced, RecoveryCodesError::StepUpRequired(_)));
    }
    let (mut ports, _) = ports();
    let removed = ports.second_factors.store.expect_remove();
    removed.once().returning(|_| Ok(true));
    let removed = block_on(factors(ports).remove(actor(2), &proved(Some(NOW - 899))));
    assert_eq!(removed.unwrap().expose(), "renewed");
}

#[test]
fn a_session_proves_the_factor_by_a_code_or_a_recovery_code() {
    let code_used = UsedFactor::Code {
        factor: factor(7).id,
        step: TotpStep::new(STEP + 1),
    };
    let recovery_used = UsedFactor::Recovery(RecoveryCodeDigest::new([5; 32]));
    for (proof, used) in [
        (FactorProof::Code(code(STEP + 1)), code_used),
        (FactorProof::Recovery(recovery()), recovery_used),
    ] {
        let (mut ports, attempts) = finding(Some(factor(7)), None);
        ports
            .second_factors
            .store
            .expect_step_up()
            .withf(move |step_up| {
                step_up.used == used && step_up.session == session_id(2) && step_up.at == at(NOW)
            })
            .once()
            .returning(|_| Ok(true));
        let until = block_on(factors(ports).step_up(actor(2), &proved(None), proof));
        assert_eq!(until.unwrap(), at(NOW + 900));
        let by = AttemptBy::Session(session_id(2));
        assert_eq!(*attempts.0.lock().unwrap(), [(by, AttemptOutcome::Right)]);
    }
}

#[test]
fn a_wrong_or_used_code_is_counted_as_a_failure() {
    // A wrong one reaches no store; the store says of the other that it was used.
    for (step, asks_store) in [(STEP - 1, false), (STEP, true)] {
        let (mut ports, attempts) = finding(Some(factor(7)), None);
        if asks_store {
            let stepped = ports.second_factors.store.expect_step_up();
            stepped.once().returning(|_| Ok(false));
        }
        let proof = FactorProof::Code(code(step));
        let error = block_on(factors(ports).step_up(actor(2), &proved(None), proof));
        assert!(matches!(error, Err(StepUpError::WrongCode)));
        let by = AttemptBy::Session(session_id(2));
        assert_eq!(*attempts.0.lock().unwrap(), [(by, AttemptOutcome::Wrong)]);
    }
}

#[test]
fn without_a_factor_there_is_nothing_to_prove() {
    let (ports, attempts) = finding(None, Some(factor(7)));
    let proof = FactorProof::Code(code(STEP));
    let error = block_on(factors(ports).step_up(actor(2), &signed_in(2), proof));
    assert!(matches!(error, Err(StepUpError::NoFactor)));
    assert!(attempts.0.lock().unwrap().is_empty());
}

fn challenged(found: bool) -> (MockPorts, Arc<Attempts>) {
    let (mut ports, attempts) = ports();
    let factors = &mut ports.second_factors;
    factors
        .challenge_mint
        .expect_recognize()
        .returning(|secret| {
            (secret.expose() == "challenge").then_some(ChallengeDigest::new([8; 32]))
        });
    factors
        .challenges
        .expect_find()
        .returning(move |digest, now| {
            assert_eq!((digest, now), (ChallengeDigest::new([8; 32]), at(NOW)));
            Ok(found.then(|| Challenged {
                account: account(2),
                factor: factor(7),
            }))
        });
    (ports, attempts)
}

fn finish(ports: MockPorts, secret: &str, step: u64) -> Result<OpenedSession, FinishLogInError> {
    let secret = ChallengeSecret::new(secret.to_owned());
    let proof = FactorProof::Code(code(step));
    block_on(factors(ports).finish_log_in(&secret, proof, origin()))
}

#[test]
fn a_login_ends_with_a_session_that_has_proved_the_factor() {
    let (mut ports, attempts) = challenged(true);
    ports
        .second_factors
        .challenges
        .expect_finish()
        .withf(|finish| {
            finish.digest == ChallengeDigest::new([8; 32])
                && finish.session.session.proved_at == Some(at(NOW))
                && finish.session.session.account_id == account_id(2)
        })
        .once()
        .returning(|_| Ok(true));
    let opened = finish(ports, "challenge", STEP).unwrap();
    assert_eq!(opened.token.expose(), "renewed");
    assert!(opened.signed_in.check_step_up(at(NOW)).is_ok());
    let by = AttemptBy::Visitor(Client::from(origin()).places());
    assert_eq!(*attempts.0.lock().unwrap(), [(by, AttemptOutcome::Right)]);
}

#[test]
fn a_login_is_not_ended_by_a_wrong_code_nor_without_its_challenge() {
    let (ports, attempts) = challenged(true);
    let error = finish(ports, "challenge", STEP + 7).unwrap_err();
    assert!(matches!(error, FinishLogInError::WrongCode));
    assert_eq!(attempts.0.lock().unwrap().len(), 1);
    for (found, secret) in [(false, "challenge"), (true, "mistyped")] {
        let (ports, attempts) = challenged(found);
        let error = finish(ports, secret, STEP).unwrap_err();
        assert!(matches!(error, FinishLogInError::NoChallenge));
        // Nobody's attempts: there is no account to count them with.
        assert!(attempts.0.lock().unwrap().is_empty());
    }
}
