use futures::future::join_all;
use udam_domain::account::{
    ChallengeDigest, ConfirmFactor, FactorRemover, FinishLogIn, NewChallenge, NewFactor,
    RecoveryCodeDigest, RemoveFactor, RenewSession, SessionDigest, StepUp, TotpStep, UsedFactor,
};
use udam_domain::id::{AccountId, SecondFactorId, SessionId};
use udam_domain::time::{SignedDuration, Timestamp, after};
use udam_domain::{KeyOwner, LogInChallengeStore, SealedKeyStore, SecondFactorStore, SessionStore};
use udam_postgres::{PgLogInChallengeStore, PgSecondFactorStore};

use crate::fixtures::{Counting, actor, hash, new_session, sealed, session_policy, start};
use crate::harness::Database;

const CODES: [RecoveryCodeDigest; 2] = [
    RecoveryCodeDigest::new([1; 32]),
    RecoveryCodeDigest::new([2; 32]),
];

fn later(seconds: i64) -> Timestamp {
    after(start(), SignedDuration::from_secs(seconds))
}

fn code(factor: SecondFactorId, step: u64) -> UsedFactor {
    UsedFactor::Code {
        factor,
        step: TotpStep::new(step),
    }
}

/// An account with a confirmed factor, whose first code was of step 10.
struct Guarded {
    database: Database,
    account: AccountId,
    session: SessionId,
    factor: SecondFactorId,
}

impl Guarded {
    async fn new() -> Self {
        let database = Database::fresh().await;
        let (account, session) = database.account().await;
        let session = session.session.id;
        let guarded = Self {
            factor: SecondFactorId::mint(start(), &Counting),
            database,
            account,
            session,
        };
        guarded.begin(guarded.factor, start()).await;
        assert!(guarded.confirm(guarded.factor, 10, 1).await);
        guarded
    }

    fn store(&self) -> PgSecondFactorStore {
        PgSecondFactorStore::new(self.database.pool.clone())
    }

    fn challenges(&self) -> PgLogInChallengeStore {
        PgLogInChallengeStore::new(self.database.pool.clone())
    }

    async fn begin(&self, id: SecondFactorId, at: Timestamp) {
        let factor = NewFactor {
            id,
            actor: actor(self.account),
            secret: sealed("k1"),
            at,
        };
        self.store().begin(factor).await.unwrap();
    }

    fn renewed(&self, digest: u8) -> RenewSession {
        RenewSession {
            session: self.session,
            digest: SessionDigest::new([digest; 32]),
        }
    }

    async fn confirm(&self, factor: SecondFactorId, step: u64, digest: u8) -> bool {
        let confirm = ConfirmFactor {
            actor: actor(self.account),
            factor,
            step: TotpStep::new(step),
            recovery_codes: CODES.to_vec(),
            session: self.renewed(digest),
            at: start(),
        };
        self.store().confirm(confirm).await.unwrap()
    }

    async fn step_up(&self, used: UsedFactor) -> bool {
        let step_up = StepUp {
            actor: actor(self.account),
            session: self.session,
            used,
            at: later(60),
        };
        self.store().step_up(step_up).await.unwrap()
    }

    async fn challenge(&self, number: u8) -> ChallengeDigest {
        let digest = ChallengeDigest::new([number; 32]);
        let challenge = NewChallenge {
            digest,
            account: self.account,
            verified: Some(hash("first")),
            at: start(),
        };
        self.challenges().open(challenge).await.unwrap();
        digest
    }

    async fn finish(&self, digest: ChallengeDigest, used: UsedFactor) -> bool {
        let mut session = new_session(self.account, later(1));
        session.session.proved_at = Some(later(1));
        let finish = FinishLogIn {
            digest,
            used,
            session,
        };
        self.challenges().finish(finish).await.unwrap()
    }
}

#[tokio::test]
async fn of_many_uses_of_a_code_at_once_one_succeeds() {
    let guarded = Guarded::new().await;
    let used = code(guarded.factor, 12);
    let all = join_all((0..8).map(|_| guarded.step_up(used))).await;
    assert_eq!(all.into_iter().filter(|accepted| *accepted).count(), 1);
    // Codes of earlier steps, that of the confirmation included, are refused from then on.
    for step in [10, 11, 12] {
        assert!(!guarded.step_up(code(guarded.factor, step)).await);
    }
    assert!(guarded.step_up(code(guarded.factor, 13)).await);
    let recovery = UsedFactor::Recovery(CODES[0]);
    let all = join_all((0..8).map(|_| guarded.step_up(recovery))).await;
    assert_eq!(all.into_iter().filter(|accepted| *accepted).count(), 1);
    let found = guarded
        .store()
        .find(guarded.account, later(60))
        .await
        .unwrap();
    assert_eq!(found.recovery_codes, 1);
}

#[tokio::test]
async fn a_login_is_finished_once_and_uses_up_its_proof_only_then() {
    let guarded = Guarded::new().await;
    let challenge = guarded.challenge(7).await;
    let found = guarded
        .challenges()
        .find(challenge, later(1))
        .await
        .unwrap();
    assert_eq!(found.unwrap().factor.id, guarded.factor);
    assert!(!guarded.finish(challenge, code(guarded.factor, 10)).await);
    assert!(
        !guarded
            .finish(ChallengeDigest::new([8; 32]), code(guarded.factor, 11))
            .await
    );
    let attempts = (0..4).map(|_| guarded.finish(challenge, code(guarded.factor, 11)));
    let all = join_all(attempts).await;
    assert_eq!(all.into_iter().filter(|finished| *finished).count(), 1);
    assert_eq!(guarded.database.count("sessions").await, 2);
    assert_eq!(guarded.database.count("log_in_challenges").await, 0);
    // Nothing is used up with a challenge that is over.
    let over = guarded.finish(challenge, UsedFactor::Recovery(CODES[0]));
    assert!(!over.await);
    assert_eq!(guarded.database.count("recovery_codes").await, 2);
}

#[tokio::test]
async fn a_challenge_ends_with_its_time_its_password_and_a_suspension() {
    let guarded = Guarded::new().await;
    let challenge = guarded.challenge(7).await;
    let find = async |at| {
        guarded
            .challenges()
            .find(challenge, at)
            .await
            .unwrap()
            .is_some()
    };
    assert!(find(later(299)).await && !find(later(300)).await);
    let back = format!("password_hash = '{}'", hash("first").as_phc());
    for (change, undo) in [
        ("password_hash = 'second'", back.as_str()),
        ("suspended_at = now()", "suspended_at = NULL"),
    ] {
        for (set, expected) in [(change, false), (undo, true)] {
            let set = format!("UPDATE accounts SET {set}");
            guarded.database.run(&set, &[]).await;
            assert_eq!(find(later(1)).await, expected, "{set}");
        }
        let again = format!("UPDATE accounts SET {change}");
        guarded.database.run(&again, &[]).await;
        assert!(
            !guarded.finish(challenge, code(guarded.factor, 11)).await,
            "{change}"
        );
        let undo = format!("UPDATE accounts SET {undo}");
        guarded.database.run(&undo, &[]).await;
    }
    assert!(guarded.finish(challenge, code(guarded.factor, 11)).await);
}

#[tokio::test]
async fn no_session_of_an_account_with_a_factor_is_opened_by_the_password_alone() {
    let guarded = Guarded::new().await;
    let sessions = guarded.database.sessions();
    let mut session = new_session(guarded.account, start());
    let verified = || Some(hash("first"));
    assert!(!sessions.open(session.clone(), verified()).await.unwrap());
    session.session.proved_at = Some(start());
    assert!(sessions.open(session, verified()).await.unwrap());
}

#[tokio::test]
async fn a_login_by_the_password_alone_does_not_slip_past_a_factor_that_is_confirmed_meanwhile() {
    let database = Database::fresh().await;
    let (account, session) = database.account().await;
    let factor = SecondFactorId::mint(start(), &Counting);
    let guarded = Guarded {
        database,
        account,
        session: session.session.id,
        factor,
    };
    guarded.begin(factor, start()).await;
    let beside = guarded.database.beside().await;
    // Holds the account as a confirmation does that has not committed yet.
    beside
        .batch_execute("BEGIN; UPDATE accounts SET totp_id = (SELECT id FROM totp_secrets)")
        .await
        .unwrap();
    let sessions = guarded.database.sessions();
    let late = new_session(account, start());
    let (opened, ()) = futures::join!(sessions.open(late, Some(hash("first"))), async {
        guarded.database.until_waiting(1).await;
        beside.batch_execute("COMMIT").await.unwrap();
    });
    assert!(!opened.unwrap());
}

#[tokio::test]
async fn a_confirmed_factor_ends_all_other_sessions_and_renews_its_own() {
    let guarded = Guarded::new().await;
    assert_eq!(guarded.database.count("sessions").await, 1);
    let sessions = guarded.database.sessions();
    let digest = SessionDigest::new([1; 32]);
    let found = sessions.authenticate(digest, session_policy(), later(60));
    let signed_in = found.await.unwrap().unwrap();
    assert!(signed_in.has_factor && signed_in.check_step_up(later(60)).is_ok());
    // Another factor takes its place, which nothing asks for before.
    let next = SecondFactorId::mint(later(1), &Counting);
    guarded.begin(next, start()).await;
    let found = guarded
        .store()
        .find(guarded.account, later(1))
        .await
        .unwrap();
    assert_eq!(found.active.unwrap().id, guarded.factor);
    assert_eq!(found.begun.unwrap().id, next);
    let late = guarded
        .store()
        .find(guarded.account, later(3_601))
        .await
        .unwrap();
    assert!(late.begun.is_none());
    assert!(guarded.confirm(next, 20, 2).await);
    assert!(!guarded.confirm(next, 21, 3).await);
    assert!(!guarded.step_up(code(guarded.factor, 30)).await);
    assert_eq!(guarded.database.count("totp_secrets").await, 1);
}

#[tokio::test]
async fn a_removed_factor_leaves_nothing_behind() {
    for by_operator in [false, true] {
        let guarded = Guarded::new().await;
        guarded.challenge(7).await;
        let owner = FactorRemover::Owner {
            actor: actor(guarded.account),
            session: guarded.renewed(5),
        };
        let remove = RemoveFactor {
            account: guarded.account,
            by: if by_operator {
                FactorRemover::Operator
            } else {
                owner
            },
            at: later(1),
        };
        assert!(guarded.store().remove(remove).await.unwrap());
        assert!(!guarded.store().remove(remove).await.unwrap());
        for table in ["totp_secrets", "recovery_codes", "log_in_challenges"] {
            assert_eq!(guarded.database.count(table).await, 0, "{table}");
        }
        let sessions = i64::from(!by_operator);
        assert_eq!(guarded.database.count("sessions").await, sessions);
        let audited = guarded.database.audited().await;
        assert_eq!(audited.last().unwrap(), "second_factor_removed");
    }
}

#[tokio::test]
async fn secrets_move_to_another_master_key() {
    let guarded = Guarded::new().await;
    let keys = guarded.database.sealed_keys();
    let owner = KeyOwner::SecondFactor(guarded.factor);
    let samples = keys.samples().await.unwrap();
    assert_eq!(samples.len(), 1);
    assert_eq!(samples[0].0, owner);
    let active = "k2".parse().unwrap();
    let found = keys.sealed_under_others(&active, None, 10).await.unwrap();
    let (_, old) = found[0].clone();
    let moved = keys
        .reseal(owner, old.clone(), sealed("k2"), later(1))
        .await;
    assert!(moved.unwrap());
    assert!(
        !keys
            .reseal(owner, old, sealed("k2"), later(1))
            .await
            .unwrap()
    );
    let rest = keys.sealed_under_others(&active, None, 10).await.unwrap();
    assert_eq!(rest, []);
    let after = keys
        .sealed_under_others(&"k3".parse().unwrap(), Some(owner), 10)
        .await;
    assert_eq!(after.unwrap(), []);
}
