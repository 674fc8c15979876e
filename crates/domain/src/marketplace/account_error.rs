use thiserror::Error;

use crate::account::{ChallengeSecret, NameRefused, TooManyAttempts, WeakPassword};
use crate::ports::{
    AdmitAttemptError, HashingError, RegisterAccountError, RenameAccountError, StoreError,
};
use crate::time::Timestamp;

/// Why an account was not registered.
#[derive(Debug, Error)]
pub enum RegisterError {
    /// Another account has the address.
    #[error("another account has this email address")]
    EmailTaken,
    /// The name poses as somebody else's.
    #[error("the name cannot be had")]
    Name(#[from] NameRefused),
    /// The password would soon be guessed.
    #[error("the password is too easy to guess")]
    WeakPassword(#[source] WeakPassword),
    /// The password could not be hashed.
    #[error("registering an account failed")]
    Hashing(#[from] HashingError),
    /// The store failed.
    #[error("registering an account failed")]
    Unavailable(#[from] StoreError),
}

impl From<RegisterAccountError> for RegisterError {
    fn from(error: RegisterAccountError) -> Self {
        match error {
            RegisterAccountError::EmailTaken => Self::EmailTaken,
            RegisterAccountError::NameTaken => Self::Name(NameRefused::Taken),
            RegisterAccountError::Unavailable(source) => Self::Unavailable(source),
        }
    }
}

/// Why an account was not given a name.
#[derive(Debug, Error)]
pub enum RenameError {
    /// The name poses as somebody else's.
    #[error("the name cannot be had")]
    Name(#[from] NameRefused),
    /// The store failed.
    #[error("changing a name failed")]
    Unavailable(#[from] StoreError),
}

impl From<RenameAccountError> for RenameError {
    fn from(error: RenameAccountError) -> Self {
        match error {
            RenameAccountError::NameTaken => Self::Name(NameRefused::Taken),
            RenameAccountError::Unavailable(source) => Self::Unavailable(source),
        }
    }
}

/// Why a login failed.
#[derive(Debug, Error)]
pub enum LogInError {
    /// There is no such account, or the password is not its own; which of the two is not disclosed.
    #[error("the email address or the password is wrong")]
    InvalidCredentials,
    /// The password is right, and the account has a second factor.
    #[error("the second factor is missing")]
    SecondFactorRequired {
        /// Secret of the login, by which the second factor ends it.
        secret: ChallengeSecret,
        /// Time from which it cannot be ended any more, UTC.
        expires_at: Timestamp,
    },
    /// The password is right, and an operator has suspended the account.
    #[error("the account is suspended")]
    Suspended,
    /// There were too many attempts at the password of this account.
    #[error(transparent)]
    TooManyAttempts(#[from] TooManyAttempts),
    /// The password could not be verified.
    #[error("logging in failed")]
    Hashing(#[from] HashingError),
    /// The store failed.
    #[error("logging in failed")]
    Unavailable(#[from] StoreError),
}

/// Why a new password was not hashed.
#[derive(Debug, Error)]
pub(super) enum NewPasswordError {
    /// It would soon be guessed.
    #[error(transparent)]
    Weak(#[from] WeakPassword),
    /// It could not be hashed.
    #[error(transparent)]
    Hashing(#[from] HashingError),
}

impl From<NewPasswordError> for RegisterError {
    fn from(error: NewPasswordError) -> Self {
        match error {
            NewPasswordError::Weak(rule) => Self::WeakPassword(rule),
            NewPasswordError::Hashing(source) => Self::Hashing(source),
        }
    }
}

/// Why a password was not changed.
#[derive(Debug, Error)]
pub enum ChangePasswordError {
    /// The password given as the current one is not, or is no longer.
    #[error("the current password is wrong")]
    InvalidCredentials,
    /// There were too many attempts at the password of this account.
    #[error(transparent)]
    TooManyAttempts(#[from] TooManyAttempts),
    /// The new password would soon be guessed.
    #[error("the new password is too easy to guess")]
    WeakPassword(#[source] WeakPassword),
    /// A password could not be verified or hashed.
    #[error("changing a password failed")]
    Hashing(#[from] HashingError),
    /// The store failed.
    #[error("changing a password failed")]
    Unavailable(#[from] StoreError),
}

impl From<AdmitAttemptError> for LogInError {
    fn from(error: AdmitAttemptError) -> Self {
        match error {
            AdmitAttemptError::TooMany(source) => Self::TooManyAttempts(source),
            AdmitAttemptError::Unavailable(source) => Self::Unavailable(source),
        }
    }
}

impl From<AdmitAttemptError> for ChangePasswordError {
    fn from(error: AdmitAttemptError) -> Self {
        match error {
            AdmitAttemptError::TooMany(source) => Self::TooManyAttempts(source),
            AdmitAttemptError::Unavailable(source) => Self::Unavailable(source),
        }
    }
}
