//! Accounts of sellers and buyers, their passwords, and their sessions.

mod email;
mod password;
mod session;

use crate::id::AccountId;
use crate::text::{bounded_text, line};
use crate::time::Timestamp;

pub use email::{Email, EmailError};
pub use password::{Password, PasswordError, PasswordHash};
pub use session::{Device, NewSession, Origin, Session, SessionDigest, SessionToken, SignedIn};

bounded_text!(
    /// Name of an account: one line of at most 100 characters.
    AccountName,
    line,
    100
);

impl AccountName {
    /// The local part of an address is 1 to 64 printable characters, so it is a valid name.
    fn from_local_part(local: &str) -> Self {
        Self(local.to_owned())
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Identifier, drawn when it was registered.
    pub id: AccountId,
    /// Address that it logs in with; no two accounts share one.
    pub email: Email,
    /// Name that others see.
    pub name: AccountName,
}

/// An account about to be registered.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The account.
    pub account: Account,
    /// Hash of its password; `None` for an account that no password logs in to.
    pub password_hash: Option<PasswordHash>,
    /// Time of registration, UTC.
    pub registered_at: Timestamp,
}

/// An account with the hash of its password.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The account.
    pub account: Account,
    /// The stored hash; `None` for an account that no password logs in to.
    pub password_hash: Option<PasswordHash>,
}
