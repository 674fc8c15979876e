//! Accounts: who sells and buys, how they prove it, and the sessions they are signed in with.

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
    /// What an account is called: one line of at most 100 characters.
    AccountName,
    line,
    100
);

impl AccountName {
    /// An address's local part is 1 to 64 printable characters, and so fits any name.
    fn from_local_part(local: &str) -> Self {
        Self(local.to_owned())
    }
}

/// An account as anyone signed in to it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its identifier.
    pub id: AccountId,
    /// The address it signs in with.
    pub email: Email,
    /// What others see it as.
    pub name: AccountName,
}

/// An account about to be registered.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The account.
    pub account: Account,
    /// The hash of its password. `None` in development, where an email alone signs in.
    pub password_hash: Option<PasswordHash>,
    /// When.
    pub registered_at: Timestamp,
}

/// An account with what its password is checked against.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The account.
    pub account: Account,
    /// The stored hash. `None` for an account made without a password.
    pub password_hash: Option<PasswordHash>,
}
