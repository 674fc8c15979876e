use udam_domain::account::{
    AccountKeyDigest, AccountKeyInfo, AttemptKind, AttemptOutcome, ChallengeDigest, ConfirmFactor,
    FactorRemover, FinishLogIn, LogInPlace, Network, NewAccountKey, NewChallenge, NewFactor,
    RecoveryCodeDigest, RemoveFactor, RenameAccount, RenewSession, ReplaceRecoveryCodes,
    RevokeAccountKey, Scope, Scopes, SessionDigest, StepUp, TotpStep, UsedFactor,
};
use udam_domain::audit::Actor;
use udam_domain::id::{AccountKeyId, SecondFactorId};
use udam_domain::money::Currency;
use udam_domain::page::PageRequest;
use udam_domain::time::{SignedDuration, after};
use udam_domain::{
    AccountKeyStore, AccountStore, AttemptBy, LogInChallengeStore, PasswordAttempt,
    PasswordAttemptStore, ReplacePassword, SecondFactorStore, SessionStore,
};
use udam_postgres::{
    PgAccountKeyStore, PgAccountStore, PgLogInChallengeStore, PgPasswordAttemptStore,
    PgSecondFactorStore, PgSessionStore,
};

use super::grown::{grown, new_year};
use crate::fixtures::{hash, new_account, new_session, sealed, start};
use crate::orders::market::session_policy;

#[tokio::test]
async fn sign_up_login_and_logout_read_only_rows_of_the_account() {
    let bounds = [
        ("PgAccountStore::find_credentials", 1),
        ("PgSessionStore::of_account", 2),
        ("accounts::change_password", 2),
        ("accounts::register", 0),
        ("accounts::rename", 1),
        ("audit::record", 0),
        ("login_places::", 4),
        ("seller_names::", 1),
        ("sessions::end", 2),
        ("sessions::insert", 0),
        ("sessions::open", 2),
        ("sessions::delete_expired", 2),
    ];
    let held = grown().await.hold(&bounds, async |pool, _| {
        let accounts = PgAccountStore::new(pool.clone(), Currency::USD);
        let sessions = PgSessionStore::new(pool);
        let account = new_account();
        let (id, email) = (account.account.id, account.account.email.clone());
        let (first, second) = (new_session(id, start()), new_session(id, start()));
        accounts
            .register(account, Some(first.clone()))
            .await
            .unwrap();
        accounts.find_credentials(&email).await.unwrap().unwrap();
        let verified = Some(hash("first"));
        assert!(sessions.open(second.clone(), verified).await.unwrap());
        let page = PageRequest::default();
        let living = sessions.of_account(id, session_policy(), start(), page);
        assert_eq!(living.await.unwrap().items.len(), 2);
        assert!(
            sessions
                .end(id.into(), second.session.id, start())
                .await
                .unwrap()
        );
        let change = ReplacePassword {
            actor: Actor::from(id),
            from: hash("first"),
            to: hash("second"),
            keep: Some(first.session.id),
            places: Vec::new(),
            at: start(),
        };
        assert!(accounts.change_password(change).await.unwrap());
        let rename = RenameAccount {
            actor: Actor::from(id),
            name: format!("Other {id}").parse().unwrap(),
            at: start(),
        };
        accounts.rename(rename).await.unwrap();
        sessions.end_all(id.into(), start()).await.unwrap();
    });
    held.await;
}

#[tokio::test]
async fn a_session_is_looked_up_by_its_digest() {
    let grown = grown().await;
    let first = "SELECT token_digest FROM sessions ORDER BY id LIMIT 2";
    let digests: Vec<Vec<u8>> = grown.all(first, &[]).await;
    // Itself and its account; and to record the use, itself to lock it and again to write it.
    let bounds = [
        ("PgSessionStore::authenticate", 2),
        ("sessions::record_use", 2),
    ];
    let later = after(new_year(), SignedDuration::from_mins(5));
    let held = grown.hold(&bounds, async |pool, time| {
        let digest = SessionDigest::new(digests[time].clone().try_into().unwrap());
        let sessions = PgSessionStore::new(pool);
        let found = sessions.authenticate(digest, session_policy(), later).await;
        assert!(found.unwrap().is_some());
    });
    held.await;
}

#[tokio::test]
async fn an_attempt_at_a_password_reads_the_account_and_its_places_alone() {
    let grown = grown().await;
    let emails: Vec<String> = grown
        .all("SELECT email FROM accounts ORDER BY id LIMIT 2", &[])
        .await;
    let bounds = [
        ("audit::record", 0),
        ("login_places::known", 2),
        ("password_attempts::", 2),
    ];
    let held = grown.hold(&bounds, async |pool, time| {
        let attempts = PgPasswordAttemptStore::new(pool);
        let network = LogInPlace::Network(Network::of("192.0.2.7".parse().unwrap()));
        let attempt = PasswordAttempt {
            kind: AttemptKind::Password,
            email: emails[time].parse().unwrap(),
            by: AttemptBy::Visitor(vec![network]),
            address: "192.0.2.7".parse().ok(),
            at: new_year(),
        };
        let admitted = attempts.admit(attempt).await.unwrap();
        let failed = attempts.settle(admitted, AttemptOutcome::Wrong);
        failed.await.unwrap();
    });
    held.await;
}

#[tokio::test]
async fn second_factors_read_only_rows_of_the_account() {
    let bounds = [
        ("PgLogInChallengeStore::find", 3),
        ("PgSecondFactorStore::find", 3),
        ("accounts::register", 0),
        ("audit::record", 0),
        ("challenges::", 3),
        ("login_places::", 4),
        ("second_factors::", 3),
        ("seller_names::", 1),
        ("sessions::delete_expired", 2),
        ("sessions::insert", 0),
    ];
    let held = grown().await.hold(&bounds, async |pool, _| {
        let accounts = PgAccountStore::new(pool.clone(), Currency::USD);
        let factors = PgSecondFactorStore::new(pool.clone());
        let challenges = PgLogInChallengeStore::new(pool);
        let account = new_account();
        let id = account.account.id;
        let session = new_session(id, start());
        accounts
            .register(account, Some(session.clone()))
            .await
            .unwrap();
        let factor = SecondFactorId::from_uuid(id.uuid());
        let begun = NewFactor {
            id: factor,
            actor: id.into(),
            secret: sealed("k1"),
            at: start(),
        };
        factors.begin(begun).await.unwrap();
        assert!(factors.find(id, start()).await.unwrap().begun.is_some());
        let confirm = ConfirmFactor {
            actor: id.into(),
            factor,
            step: TotpStep::new(1),
            recovery_codes: vec![RecoveryCodeDigest::new([1; 32])],
            session: RenewSession {
                session: session.session.id,
                digest: session.digest,
            },
            at: start(),
        };
        assert!(factors.confirm(confirm).await.unwrap());
        let used = |step| UsedFactor::Code {
            factor,
            step: TotpStep::new(step),
        };
        let step_up = StepUp {
            actor: id.into(),
            session: session.session.id,
            used: used(2),
            at: start(),
        };
        assert!(factors.step_up(step_up).await.unwrap());
        let digest = ChallengeDigest::new(*session.digest.as_bytes());
        let challenge = NewChallenge {
            digest,
            account: id,
            verified: Some(hash("first")),
            at: start(),
        };
        challenges.open(challenge).await.unwrap();
        assert!(challenges.find(digest, start()).await.unwrap().is_some());
        let finish = FinishLogIn {
            digest,
            used: used(3),
            session: new_session(id, start()),
        };
        assert!(challenges.finish(finish).await.unwrap());
        let replace = ReplaceRecoveryCodes {
            actor: id.into(),
            codes: vec![RecoveryCodeDigest::new([2; 32])],
            at: start(),
        };
        assert!(factors.replace_recovery_codes(replace).await.unwrap());
        let remove = RemoveFactor {
            account: id,
            by: FactorRemover::Operator,
            at: start(),
        };
        assert!(factors.remove(remove).await.unwrap());
    });
    held.await;
}

#[tokio::test]
async fn account_keys_read_only_rows_of_the_account() {
    let bounds = [
        ("PgAccountKeyStore::authenticate", 2),
        ("PgAccountKeyStore::of_account", 1),
        ("account_keys::", 2),
        ("accounts::register", 0),
        ("audit::record", 0),
        ("seller_names::", 1),
    ];
    let held = grown().await.hold(&bounds, async |pool, _| {
        let accounts = PgAccountStore::new(pool.clone(), Currency::USD);
        let keys = PgAccountKeyStore::new(pool);
        let account = new_account();
        let id = account.account.id;
        accounts.register(account, None).await.unwrap();
        let bytes = [id.uuid().into_bytes(); 2].concat();
        let digest = AccountKeyDigest::new(bytes.try_into().unwrap());
        let key = AccountKeyInfo {
            id: AccountKeyId::from_uuid(id.uuid()),
            name: "Nightly job".parse().unwrap(),
            scopes: Scopes::new(vec![Scope::Read, Scope::Sell]).unwrap(),
            expires_at: None,
            created_at: start(),
            last_used_at: None,
        };
        let new = NewAccountKey {
            actor: id.into(),
            key: key.clone(),
            digest,
        };
        keys.make(new).await.unwrap();
        let holder = keys.authenticate(digest, start()).await.unwrap();
        assert_eq!(holder.unwrap().key, key);
        let listed = keys.of_account(id).await.unwrap();
        assert_eq!(listed[0].last_used_at, Some(start()));
        let revoke = RevokeAccountKey {
            actor: id.into(),
            key: key.id,
            at: start(),
        };
        assert!(keys.revoke(revoke).await.unwrap());
        assert!(!keys.revoke(revoke).await.unwrap());
        let gone = keys.authenticate(digest, start()).await.unwrap();
        assert_eq!(gone, None);
    });
    held.await;
}
