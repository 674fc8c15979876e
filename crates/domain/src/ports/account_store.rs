use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::account::{
    Credentials, Email, LogInPlace, NewAccount, NewSession, PasswordHash, RenameAccount,
};
use crate::audit::Actor;
use crate::id::SessionId;
use crate::time::Timestamp;

/// Keeps accounts, each with its tab, and the hashes of their passwords.
///
/// # Cancellation
/// A call whose future is dropped has happened whole or not at all.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// Creates an account with an empty tab in the currency of the marketplace. With `session`, opens it as
    /// the account's first, as [`SessionStore::open`](super::SessionStore::open) does. A service with a
    /// sign-in of its own passes `None`.
    ///
    /// # Errors
    /// [`RegisterAccountError`]; nothing has been created then. `EmailTaken` if another account has the
    /// address: of several calls at once, one succeeds. `NameTaken` if a seller has a name with the same
    /// [`skeleton`](crate::account::AccountName::skeleton).
    async fn register(
        &self,
        account: NewAccount,
        session: Option<NewSession>,
    ) -> Result<(), RegisterAccountError>;

    /// Returns the account with this address, and the hash of its password.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn find_credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError>;

    /// Replaces the hash `from` by `to`, ends every session of the account but `keep`, forgets all places
    /// that it has logged in from but `places`, and writes an audit record. Returns `false`, and changes
    /// nothing, if the stored hash is no longer `from` or the account does not exist.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn change_password(&self, change: ReplacePassword) -> Result<bool, StoreError>;

    /// Changes the name of the acting account and writes an audit record. Changes nothing if it has that
    /// name, or does not exist. An account that has published a listing takes the skeleton of the new name in place of
    /// that of the old one, see [`ListingStore::publish`](super::ListingStore::publish).
    ///
    /// # Errors
    /// [`RenameAccountError`]; nothing has changed then. `NameTaken` if another seller has taken the skeleton of the
    /// name, whether or not the account sells.
    async fn rename(&self, change: RenameAccount) -> Result<(), RenameAccountError>;
}

/// Request to replace the hash of a password that was verified, and to end all sessions of the account
/// but the one it keeps, if any.
#[derive(Debug, Clone)]
pub struct ReplacePassword {
    /// The account whose password changes.
    pub actor: Actor,
    /// The hash that the current password was verified against.
    pub from: PasswordHash,
    /// Hash of the new password.
    pub to: PasswordHash,
    /// The one session of the account that goes on; `None` ends them all.
    pub keep: Option<SessionId>,
    /// Places of the client, which the account stays recognized by.
    pub places: Vec<LogInPlace>,
    /// Time of the change.
    pub at: Timestamp,
}

/// Why an account was not created.
#[derive(Debug, Error)]
pub enum RegisterAccountError {
    /// Another account has the address.
    #[error("another account has this email address")]
    EmailTaken,
    /// A seller has a name that looks like this one.
    #[error("a seller has a name that looks like this one")]
    NameTaken,
    /// The store failed.
    #[error("registering an account failed")]
    Unavailable(#[from] StoreError),
}

/// Why an account was not given a name.
#[derive(Debug, Error)]
pub enum RenameAccountError {
    /// Another seller has a name that looks like this one.
    #[error("another seller has a name that looks like this one")]
    NameTaken,
    /// The store failed.
    #[error("changing a name failed")]
    Unavailable(#[from] StoreError),
}
