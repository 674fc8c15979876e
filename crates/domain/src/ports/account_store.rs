use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::account::{Credentials, Email, NewAccount, NewSession, PasswordHash};
use crate::audit::Actor;
use crate::id::SessionId;

/// Keeps accounts.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// Registers an account and opens its first session, which leaves an audit record; all or nothing.
    ///
    /// # Errors
    /// [`RegisterAccountError::EmailTaken`] when another account has the address, however close the
    /// race.
    async fn register(
        &self,
        account: NewAccount,
        session: NewSession,
    ) -> Result<(), RegisterAccountError>;

    /// The account with this address, and what its password is checked against.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn find_credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError>;

    /// Puts `to` in the place of `from`, ends every session but `keep`, and leaves an audit record.
    /// Answers `false`, and changes nothing, when the stored hash is no longer `from`.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn change_password(&self, change: ChangePassword) -> Result<bool, StoreError>;
}

/// A change of password that has been checked and hashed.
#[derive(Debug, Clone)]
pub struct ChangePassword {
    /// Whose, and when.
    pub actor: Actor,
    /// The hash that the current password was checked against.
    pub from: PasswordHash,
    /// The new password's hash.
    pub to: PasswordHash,
    /// The session that asked, which goes on.
    pub keep: SessionId,
}

/// Why an account was not registered.
#[derive(Debug, Error)]
pub enum RegisterAccountError {
    /// Another account has the address.
    #[error("another account has this email address")]
    EmailTaken,
    /// The store could not be asked.
    #[error("registering an account failed")]
    Unavailable(#[from] StoreError),
}
