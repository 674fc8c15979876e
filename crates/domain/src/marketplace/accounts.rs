use std::sync::Arc;

use thiserror::Error;

use crate::account::{
    Account, AccountName, Email, NewAccount, NewSession, Origin, Password, PasswordHash, Session,
    SessionToken, SignedIn,
};
use crate::id::{AccountId, SessionId};
use crate::policy::SessionPolicy;
use crate::ports::{
    AccountStore, ChangePassword, Clock, Entropy, HashingError, PasswordHasher,
    RegisterAccountError, SessionMint, SessionStore, StoreError,
};
use crate::time::{Timestamp, after};

/// Registering, logging in, changing a password.
#[derive(Clone)]
pub struct Accounts {
    /// Keeps accounts.
    pub accounts: Arc<dyn AccountStore>,
    /// Keeps sessions.
    pub sessions: Arc<dyn SessionStore>,
    /// Hashes passwords.
    pub passwords: Arc<dyn PasswordHasher>,
    /// Makes session tokens.
    pub mint: Arc<dyn SessionMint>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Draws identifiers.
    pub entropy: Arc<dyn Entropy>,
    /// How long sessions last.
    pub policy: SessionPolicy,
}

/// Asks for an account.
#[derive(Debug, Clone)]
pub struct Register {
    /// The address it signs in with.
    pub email: Email,
    /// Its password.
    pub password: Password,
    /// What it is called: by the address's local part unless said.
    pub name: Option<AccountName>,
}

/// A session that was just opened. Its token is shown this once.
#[derive(Debug, Clone)]
pub struct OpenedSession {
    /// What the client shows from now on.
    pub token: SessionToken,
    /// The account, and the session.
    pub signed_in: SignedIn,
}

/// Why an account was not registered.
#[derive(Debug, Error)]
pub enum RegisterError {
    /// Another account has the address.
    #[error("another account has this email address")]
    EmailTaken,
    /// The password could not be hashed.
    #[error("registering an account failed")]
    Hashing(#[from] HashingError),
    /// The store could not be asked.
    #[error("registering an account failed")]
    Unavailable(#[from] StoreError),
}

impl From<RegisterAccountError> for RegisterError {
    fn from(error: RegisterAccountError) -> Self {
        match error {
            RegisterAccountError::EmailTaken => Self::EmailTaken,
            RegisterAccountError::Unavailable(source) => Self::Unavailable(source),
        }
    }
}

/// Why nobody was logged in.
#[derive(Debug, Error)]
pub enum LogInError {
    /// There is no such account, or the password is not its own. Which of the two is not told.
    #[error("the email address or the password is wrong")]
    InvalidCredentials,
    /// The password could not be checked.
    #[error("logging in failed")]
    Hashing(#[from] HashingError),
    /// The store could not be asked.
    #[error("logging in failed")]
    Unavailable(#[from] StoreError),
}

/// Why a password was not changed.
#[derive(Debug, Error)]
pub enum ChangePasswordError {
    /// The password given as the current one is not, or is no longer.
    #[error("the current password is wrong")]
    InvalidCredentials,
    /// A password could not be checked or hashed.
    #[error("changing a password failed")]
    Hashing(#[from] HashingError),
    /// The store could not be asked.
    #[error("changing a password failed")]
    Unavailable(#[from] StoreError),
}

impl Accounts {
    /// Registers an account and signs it in.
    ///
    /// # Errors
    /// [`RegisterError`]
    pub async fn register(
        &self,
        request: Register,
        origin: Origin,
    ) -> Result<OpenedSession, RegisterError> {
        let hash = self.passwords.hash(request.password).await?;
        let now = self.clock.now();
        let account = self.new_account(request.email, request.name, now);
        let (session, opened) = self.new_session(account.clone(), origin, now);
        let account = NewAccount {
            account,
            password_hash: Some(hash),
            registered_at: now,
        };
        self.accounts.register(account, session).await?;
        Ok(opened)
    }

    /// Signs an account in.
    ///
    /// # Errors
    /// [`LogInError`], after the same work whether or not the account exists.
    pub async fn log_in(
        &self,
        email: &Email,
        password: Password,
        origin: Origin,
    ) -> Result<OpenedSession, LogInError> {
        let found = self.accounts.find_credentials(email).await?;
        let (account, hash) = match found {
            Some(credentials) => (Some(credentials.account), credentials.password_hash),
            None => (None, None),
        };
        let right = self.passwords.verify(password, hash.clone()).await?;
        let account = account
            .filter(|_| right)
            .ok_or(LogInError::InvalidCredentials)?;
        let opened = self.open_session(account, hash, origin).await?;
        opened.ok_or(LogInError::InvalidCredentials)
    }

    /// Changes the signed-in account's password and ends its other sessions.
    ///
    /// # Errors
    /// [`ChangePasswordError`]; of a password that was changed elsewhere meanwhile it says that the
    /// current one is wrong.
    pub async fn change_password(
        &self,
        signed_in: &SignedIn,
        current: Password,
        new: Password,
        origin: &Origin,
    ) -> Result<(), ChangePasswordError> {
        let found = self
            .accounts
            .find_credentials(&signed_in.account.email)
            .await?;
        let from = found.and_then(|credentials| credentials.password_hash);
        let right = self.passwords.verify(current, from.clone()).await?;
        let from = from
            .filter(|_| right)
            .ok_or(ChangePasswordError::InvalidCredentials)?;
        let to = self.passwords.hash(new).await?;
        let actor = signed_in.acting(origin, self.clock.now());
        let change = ChangePassword {
            actor,
            from,
            to,
            keep: signed_in.session.id,
        };
        if self.accounts.change_password(change).await? {
            Ok(())
        } else {
            Err(ChangePasswordError::InvalidCredentials)
        }
    }

    /// `None` when the password was changed since it was verified.
    async fn open_session(
        &self,
        account: Account,
        verified: Option<PasswordHash>,
        origin: Origin,
    ) -> Result<Option<OpenedSession>, StoreError> {
        let (session, opened) = self.new_session(account, origin, self.clock.now());
        let open = self.sessions.open(session, verified).await?;
        Ok(open.then_some(opened))
    }

    fn new_account(&self, email: Email, name: Option<AccountName>, now: Timestamp) -> Account {
        let id = AccountId::mint(now, self.entropy.as_ref());
        let name = name.unwrap_or_else(|| email.default_name());
        Account { id, email, name }
    }

    fn new_session(
        &self,
        account: Account,
        origin: Origin,
        now: Timestamp,
    ) -> (NewSession, OpenedSession) {
        let (token, digest) = self.mint.mint();
        let session = Session {
            id: SessionId::mint(now, self.entropy.as_ref()),
            account_id: account.id,
            origin,
            created_at: now,
            last_seen_at: now,
            expires_at: after(now, self.policy.ttl),
        };
        let opened = OpenedSession {
            token,
            signed_in: SignedIn {
                account,
                session: session.clone(),
            },
        };
        (NewSession { session, digest }, opened)
    }
}

#[cfg(test)]
mod tests;
