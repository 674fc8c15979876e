mod attempts;
mod changing_password;
mod creating;
mod logging_in;
mod opening_sessions;
mod registering;
mod renaming;

use super::*;
use crate::account::{ChallengeDigest, ChallengeSecret, Credentials, PasswordHash, SessionDigest};
use crate::fixtures::{account, at, clock, entropy};
use crate::marketplace::LogInError;
use crate::mocks::{FixedCommonPasswords, UnlimitedAttempts};
use crate::ports::{
    HashingError, MockAccountStore, MockChallengeMint, MockLogInChallengeStore, MockPasswordHasher,
    MockSessionMint, MockSessionStore,
};
use crate::time::SignedDuration;

const NOW: i64 = 1_000;
const SESSION_DAYS: i64 = 30;
const DIGEST: SessionDigest = SessionDigest::new([7; 32]);

/// The ports to set expectations on. What a test does not expect, it forbids.
#[derive(Default)]
struct Ports {
    accounts: MockAccountStore,
    sessions: MockSessionStore,
    /// `None` admits all.
    attempts: Option<Arc<dyn PasswordAttemptStore>>,
    passwords: MockPasswordHasher,
    challenges: MockLogInChallengeStore,
}

impl Ports {
    fn accounts(self) -> Accounts {
        let mut mint = MockSessionMint::new();
        mint.expect_mint()
            .returning(|| (SessionToken::new("minted".into()), DIGEST));
        let mut challenge_mint = MockChallengeMint::new();
        challenge_mint.expect_mint().returning(|| {
            (
                ChallengeSecret::new("challenge".into()),
                ChallengeDigest::new([8; 32]),
            )
        });
        let ports = AccountPorts {
            store: Arc::new(self.accounts),
            sessions: Arc::new(self.sessions),
            attempts: self.attempts.unwrap_or_else(|| Arc::new(UnlimitedAttempts)),
            passwords: Arc::new(self.passwords),
            common_passwords: Arc::new(FixedCommonPasswords(&["iloveyou"])),
            mint: Arc::new(mint),
            challenges: Arc::new(self.challenges),
            challenge_mint: Arc::new(challenge_mint),
            clock: clock(at(NOW)),
            entropy: entropy(),
        };
        let policy = SessionPolicy {
            ttl: SignedDuration::from_hours(24 * SESSION_DAYS),
            idle_ttl: SignedDuration::from_hours(24),
        };
        Accounts::new(ports, policy)
    }

    /// The store finds these credentials, whenever it is asked for `ada@example.com`.
    fn found(&mut self, credentials: Option<Credentials>) {
        self.accounts
            .expect_find_credentials()
            .withf(|email| email.as_str() == "ada@example.com")
            .returning(move |_| Ok(credentials.clone()));
    }

    /// The hasher is asked once whether `password` is the one behind `hash`, and says `right`.
    fn verified(&mut self, password: &'static str, hash: Option<&'static str>, right: bool) {
        self.passwords
            .expect_verify()
            .withf(move |asked, against| {
                asked.expose() == password && against.as_ref().map(PasswordHash::as_phc) == hash
            })
            .once()
            .return_once(move |_, _| Ok(right));
    }
}

fn email() -> Email {
    "ada@example.com".parse().unwrap()
}

fn password(text: &str) -> Password {
    Password::attempt(text.into()).unwrap()
}

fn hash(text: &str) -> PasswordHash {
    PasswordHash::from_phc(text.into())
}

fn credentials(password_hash: Option<&str>) -> Credentials {
    Credentials {
        is_suspended: false,
        has_factor: false,
        account: account(2),
        password_hash: password_hash.map(hash),
    }
}

/// Whether this is the session that [`Ports::accounts`] opens now for `account`, and lasts as long
/// as the policy says.
fn is_opened_now(session: &NewSession, account: AccountId, origin: &Origin) -> bool {
    let NewSession {
        session,
        digest,
        places,
    } = session;
    *digest == DIGEST
        && *places == Client::from(origin.clone()).places()
        && session.account_id == account
        && session.origin == *origin
        && session.created_at == at(NOW)
        && session.last_seen_at == at(NOW)
        && session.expires_at == at(NOW + SESSION_DAYS * 86_400)
}
