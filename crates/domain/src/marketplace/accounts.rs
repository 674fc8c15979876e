mod log_in;
mod requests;

use std::sync::Arc;

use super::account_error::{ChangePasswordError, NewPasswordError, RegisterError, RenameError};
use crate::account::{
    Account, AccountName, Client, Email, NewAccount, NewSession, Origin, Password, PasswordHash,
    RenameAccount, Session, SessionToken, SignedIn, WeakPassword,
};
use crate::audit::Actor;
use crate::id::{AccountId, SessionId};
use crate::opaque_debug::opaque_debug;
use crate::policy::SessionPolicy;
use crate::ports::{
    AccountStore, AttemptBy, ChallengeMint, Clock, CommonPasswords, Entropy, LogInChallengeStore,
    PasswordAttemptStore, PasswordHasher, RegisterAccountError, ReplacePassword, SessionMint,
    SessionStore, StoreError,
};
use crate::time::{Timestamp, after};

pub use requests::{ChangePassword, CreateAccount, Register};

/// Registering, logging in, changing a password or a name.
#[derive(Clone)]
pub struct Accounts {
    store: Arc<dyn AccountStore>,
    sessions: Arc<dyn SessionStore>,
    attempts: Arc<dyn PasswordAttemptStore>,
    passwords: Arc<dyn PasswordHasher>,
    common_passwords: Arc<dyn CommonPasswords>,
    mint: Arc<dyn SessionMint>,
    challenges: Arc<dyn LogInChallengeStore>,
    challenge_mint: Arc<dyn ChallengeMint>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    policy: SessionPolicy,
}

/// The ports that [`Accounts`] needs.
#[derive(Clone)]
pub struct AccountPorts {
    /// Keeps accounts.
    pub store: Arc<dyn AccountStore>,
    /// Keeps sessions.
    pub sessions: Arc<dyn SessionStore>,
    /// Counts attempts at passwords.
    pub attempts: Arc<dyn PasswordAttemptStore>,
    /// Hashes and verifies passwords.
    pub passwords: Arc<dyn PasswordHasher>,
    /// Knows the passwords that nobody may choose.
    pub common_passwords: Arc<dyn CommonPasswords>,
    /// Makes session tokens.
    pub mint: Arc<dyn SessionMint>,
    /// Keeps logins that wait for the second factor.
    pub challenges: Arc<dyn LogInChallengeStore>,
    /// Makes the secrets of such logins.
    pub challenge_mint: Arc<dyn ChallengeMint>,
    /// Time at which accounts and sessions are created.
    pub clock: Arc<dyn Clock>,
    /// Source of identifiers.
    pub entropy: Arc<dyn Entropy>,
}

/// A session that was opened. Its token cannot be read again.
#[derive(Debug, Clone)]
pub struct OpenedSession {
    /// Secret that authenticates the client.
    pub token: SessionToken,
    /// The account and the session.
    pub signed_in: SignedIn,
}

impl Accounts {
    /// The use cases over these ports.
    #[must_use]
    pub fn new(ports: AccountPorts, policy: SessionPolicy) -> Self {
        Self {
            store: ports.store,
            sessions: ports.sessions,
            attempts: ports.attempts,
            passwords: ports.passwords,
            common_passwords: ports.common_passwords,
            mint: ports.mint,
            challenges: ports.challenges,
            challenge_mint: ports.challenge_mint,
            clock: ports.clock,
            entropy: ports.entropy,
            policy,
        }
    }

    /// Creates an account and opens its first session.
    ///
    /// # Errors
    /// [`RegisterError`]; nothing is hashed or stored for a password that [`Password::check`] refuses, or a name that
    /// [`AccountName::check`] does.
    pub async fn register(
        &self,
        request: Register,
        client: impl Into<Client>,
    ) -> Result<OpenedSession, RegisterError> {
        self.check(&request.password, &request.email)
            .map_err(RegisterError::WeakPassword)?;
        if let Some(name) = &request.name {
            name.check(None)?;
        }
        let hash = self.passwords.hash(request.password).await?;
        let now = self.clock.now();
        let account = self.new_account(request.email, request.name, now);
        let (session, opened) = self.new_session(account.clone(), client.into(), false, now);
        let account = NewAccount {
            account,
            password_hash: Some(hash),
            registered_at: now,
        };
        self.store.register(account, Some(session)).await?;
        Ok(opened)
    }

    /// Creates an account without a password or a session, for a service that authenticates its users in its
    /// own way and then acts as [`Actor`]s. A service that has no use for the other ports of [`AccountPorts`]
    /// calls [`AccountStore::register`] instead.
    ///
    /// # Errors
    /// [`RegisterAccountError`]
    pub async fn create(&self, request: CreateAccount) -> Result<Account, RegisterAccountError> {
        let now = self.clock.now();
        let account = self.new_account(request.email, request.name, now);
        let new = NewAccount {
            account: account.clone(),
            password_hash: None,
            registered_at: now,
        };
        self.store.register(new, None).await?;
        Ok(account)
    }

    /// The account with this address.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn find(&self, email: &Email) -> Result<Option<Account>, StoreError> {
        let found = self.store.find_credentials(email).await?;
        Ok(found.map(|credentials| credentials.account))
    }

    /// Changes the actor's password, ends its other sessions, and forgets where else it has logged in from.
    ///
    /// # Errors
    /// [`ChangePasswordError`]; a password that was changed elsewhere meanwhile makes the current one
    /// wrong.
    pub async fn change_password(
        &self,
        actor: Actor,
        request: ChangePassword,
    ) -> Result<(), ChangePasswordError> {
        self.check(&request.new, &request.email)
            .map_err(ChangePasswordError::WeakPassword)?;
        let from = self
            .confirm(actor, &request.email, request.current, request.keep)
            .await?;
        let client = Client {
            origin: Origin {
                address: actor.address,
                device: None,
            },
            device: request.device,
        };
        let change = ReplacePassword {
            actor,
            from,
            to: self.passwords.hash(request.new).await?,
            keep: request.keep,
            places: client.places(),
            at: self.clock.now(),
        };
        if self.store.change_password(change).await? {
            Ok(())
        } else {
            Err(ChangePasswordError::InvalidCredentials)
        }
    }

    /// Verifies the password of the actor, whose address is `email`, and returns its hash. Attempts are counted with those of
    /// the session.
    pub(super) async fn confirm(
        &self,
        actor: Actor,
        email: &Email,
        password: Password,
        session: Option<SessionId>,
    ) -> Result<PasswordHash, ChangePasswordError> {
        let by = session.map_or_else(|| AttemptBy::Visitor(Vec::new()), AttemptBy::Session);
        let attempt = self.admit(email, by, actor.address).await?;
        let found = self.store.find_credentials(email).await?;
        let own = found.filter(|credentials| credentials.account.id == actor.account_id);
        let hash = own.and_then(|credentials| credentials.password_hash);
        let is_right = self
            .attempt::<ChangePasswordError>(attempt, password, hash.clone())
            .await?;
        hash.filter(|_| is_right)
            .ok_or(ChangePasswordError::InvalidCredentials)
    }

    /// The hash of a new password of the account with this address.
    pub(super) async fn hash_new(
        &self,
        password: Password,
        email: &Email,
    ) -> Result<PasswordHash, NewPasswordError> {
        self.check(&password, email)?;
        Ok(self.passwords.hash(password).await?)
    }

    /// Changes the name that others see of the actor, on its listings and orders too.
    ///
    /// # Errors
    /// [`RenameError`]
    pub async fn rename(&self, actor: Actor, name: AccountName) -> Result<(), RenameError> {
        name.check(Some(actor.account_id))?;
        let at = self.clock.now();
        let change = RenameAccount { actor, name, at };
        Ok(self.store.rename(change).await?)
    }

    fn check(&self, password: &Password, email: &Email) -> Result<(), WeakPassword> {
        password.check(email, |password| self.common_passwords.contains(password))
    }

    pub(super) fn new_account(
        &self,
        email: Email,
        name: Option<AccountName>,
        now: Timestamp,
    ) -> Account {
        let id = AccountId::mint(now, self.entropy.as_ref());
        let name = name.unwrap_or_else(|| AccountName::neutral(id));
        Account { id, email, name }
    }

    /// A session that has proved the factor of its account, if that has one.
    pub(super) fn new_session(
        &self,
        account: Account,
        client: Client,
        has_factor: bool,
        now: Timestamp,
    ) -> (NewSession, OpenedSession) {
        let (token, digest) = self.mint.mint();
        let places = client.places();
        let session = Session {
            id: SessionId::mint(now, self.entropy.as_ref()),
            account_id: account.id,
            origin: client.origin,
            created_at: now,
            last_seen_at: now,
            expires_at: after(now, self.policy.ttl),
            proved_at: has_factor.then_some(now),
        };
        let opened = OpenedSession {
            token,
            signed_in: SignedIn {
                account,
                session: session.clone(),
                has_factor,
                has_role: false,
            },
        };
        let new = NewSession {
            session,
            digest,
            places,
        };
        (new, opened)
    }
}

opaque_debug!(Accounts, AccountPorts);

#[cfg(test)]
mod tests;
