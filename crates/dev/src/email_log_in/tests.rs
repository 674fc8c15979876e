use std::sync::Arc;

use mockall::Sequence;
use udam_domain::account::{
    AccountName, Credentials, NewAccount, NewSession, PasswordHash, SessionDigest, SessionToken,
};
use udam_domain::id::AccountId;
use udam_domain::marketplace::AccountPorts;
use udam_domain::mocks::{
    FixedClock, FixedCommonPasswords, FixedEntropy, UnlimitedAttempts, account, account_id,
};
use udam_domain::policy::SessionPolicy;
use udam_domain::time::{SignedDuration, Timestamp, after};
use udam_domain::{
    MockAccountStore, MockChallengeMint, MockLogInChallengeStore, MockPasswordHasher,
    MockSessionMint, MockSessionStore,
};

use super::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const TTL: SignedDuration = SignedDuration::from_hours(24 * 30);
const DIGEST: SessionDigest = SessionDigest::new([7; 32]);

/// The ports to set expectations on. What a test does not expect, it forbids.
#[derive(Default)]
struct Ports {
    accounts: MockAccountStore,
    sessions: MockSessionStore,
}

impl Ports {
    /// The store finds these credentials, whenever it is asked for `ada@example.com`.
    fn found(&mut self, credentials: Option<Credentials>) {
        self.accounts
            .expect_find_credentials()
            .withf(|email| email.as_str() == "ada@example.com")
            .returning(move |_| Ok(credentials.clone()));
    }
}

async fn log_in(ports: Ports) -> Result<OpenedSession, StoreError> {
    let mut mint = MockSessionMint::new();
    mint.expect_mint()
        .returning(|| (SessionToken::new("minted".into()), DIGEST));
    let ports = AccountPorts {
        store: Arc::new(ports.accounts),
        sessions: Arc::new(ports.sessions),
        attempts: Arc::new(UnlimitedAttempts),
        passwords: Arc::new(MockPasswordHasher::new()),
        common_passwords: Arc::new(FixedCommonPasswords::default()),
        mint: Arc::new(mint),
        challenges: Arc::new(MockLogInChallengeStore::new()),
        challenge_mint: Arc::new(MockChallengeMint::new()),
        clock: Arc::new(FixedClock::new(NOW)),
        entropy: Arc::new(FixedEntropy(0)),
    };
    let policy = SessionPolicy {
        ttl: TTL,
        idle_ttl: SignedDuration::from_hours(24),
    };
    let log_in = EmailLogIn::new(Accounts::new(ports, policy));
    let email = "ada@example.com".parse().unwrap();
    log_in.log_in(email, origin()).await
}

fn origin() -> Origin {
    Origin {
        address: "192.0.2.7".parse().ok(),
        device: None,
    }
}

fn credentials(password_hash: Option<&str>) -> Credentials {
    Credentials {
        is_suspended: false,
        has_factor: false,
        account: account(2),
        password_hash: password_hash.map(|hash| PasswordHash::from_phc(hash.into())),
    }
}

fn is_opened_now(new: &NewSession, account: AccountId) -> bool {
    let session = &new.session;
    new.digest == DIGEST
        && session.account_id == account
        && session.origin == origin()
        && session.created_at == NOW
        && session.last_seen_at == NOW
        && session.expires_at == after(NOW, TTL)
}

fn opens_for_account_2(ports: &mut Ports) {
    ports
        .sessions
        .expect_open()
        .withf(|session, _| is_opened_now(session, account_id(2)))
        .once()
        .returning(|_, _| Ok(true));
}

/// Nobody has the address, then somebody has registered it, then `found_then` is found.
fn losing_the_race(found_then: Option<Credentials>) -> Ports {
    let taken = |_: &NewAccount| Err(RegisterAccountError::EmailTaken);
    registering(taken, found_then)
}

/// No account is found, then one is registered without a session, then `found_then` is found.
fn registering(
    register: impl Fn(&NewAccount) -> Result<(), RegisterAccountError> + Send + 'static,
    found_then: Option<Credentials>,
) -> Ports {
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
        .returning(move |new, session| {
            assert!(session.is_none());
            register(&new)
        });
    store
        .expect_find_credentials()
        .once()
        .in_sequence(&mut order)
        .return_once(|_| Ok(found_then));
    ports
}

#[tokio::test]
async fn a_known_address_signs_in() {
    let mut ports = Ports::default();
    ports.found(Some(credentials(Some("$hash"))));
    opens_for_account_2(&mut ports);
    let opened = log_in(ports).await.unwrap();
    assert_eq!(opened.signed_in.account.id, account_id(2));
}

#[tokio::test]
async fn a_new_address_is_registered_without_a_password() {
    let id = AccountId::mint(NOW, &FixedEntropy(0));
    let register = move |new: &NewAccount| {
        assert_eq!(new.account.id, id);
        assert_eq!(new.account.name, AccountName::neutral(id));
        assert!(new.password_hash.is_none());
        Ok(())
    };
    let mut ports = registering(register, Some(credentials(None)));
    opens_for_account_2(&mut ports);
    let opened = log_in(ports).await.unwrap();
    assert_eq!(opened.signed_in.account.id, account_id(2));
}

#[tokio::test]
async fn a_lost_race_to_register_logs_in_to_the_winning_account() {
    let mut ports = losing_the_race(Some(credentials(None)));
    opens_for_account_2(&mut ports);
    let opened = log_in(ports).await.unwrap();
    assert_eq!(opened.signed_in.account.id, account_id(2));
    assert_eq!(opened.signed_in.session.account_id, account_id(2));
}

#[tokio::test]
async fn a_taken_address_that_is_not_found_may_be_tried_again() {
    let error = log_in(losing_the_race(None)).await.unwrap_err();
    assert!(matches!(error, StoreError::Overloaded));
}
