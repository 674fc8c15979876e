use thiserror::Error;

use super::proof::WrongProof;
use crate::account::{StepUpRequired, TooManyAttempts};
use crate::marketplace::ChangePasswordError;
use crate::ports::{AdmitAttemptError, HashingError, StoreError, VaultError};

/// Why no factor was begun.
#[derive(Debug, Error)]
pub enum BeginFactorError {
    /// The password is wrong.
    #[error("the password is wrong")]
    InvalidCredentials,
    /// There were too many attempts at the password of this account.
    #[error(transparent)]
    TooManyAttempts(#[from] TooManyAttempts),
    /// The factor that there is must be proved again first.
    #[error(transparent)]
    StepUpRequired(#[from] StepUpRequired),
    /// The password could not be verified.
    #[error("adding a second factor failed")]
    Hashing(#[from] HashingError),
    /// The secret could not be sealed.
    #[error("adding a second factor failed")]
    Vault(#[from] VaultError),
    /// The store failed.
    #[error("adding a second factor failed")]
    Unavailable(#[from] StoreError),
}

/// Why a factor was not confirmed.
#[derive(Debug, Error)]
pub enum ConfirmFactorError {
    /// None was begun lately, or another request has confirmed it.
    #[error("no second factor was begun lately")]
    NotBegun,
    /// The code is not that of the app now.
    #[error("the code is wrong")]
    WrongCode,
    /// The factor that there is must be proved again first.
    #[error(transparent)]
    StepUpRequired(#[from] StepUpRequired),
    /// The secret could not be opened.
    #[error("confirming a second factor failed")]
    Vault(#[from] VaultError),
    /// The store failed.
    #[error("confirming a second factor failed")]
    Unavailable(#[from] StoreError),
}

/// Why a factor was not removed.
#[derive(Debug, Error)]
pub enum RemoveFactorError {
    /// There is none.
    #[error("the account has no second factor")]
    NoFactor,
    /// It must be proved again first.
    #[error(transparent)]
    StepUpRequired(#[from] StepUpRequired),
    /// The store failed.
    #[error("removing a second factor failed")]
    Unavailable(#[from] StoreError),
}

/// Why no recovery codes were made.
#[derive(Debug, Error)]
pub enum RecoveryCodesError {
    /// There is no factor that they could stand in for.
    #[error("the account has no second factor")]
    NoFactor,
    /// It must be proved again first.
    #[error(transparent)]
    StepUpRequired(#[from] StepUpRequired),
    /// The store failed.
    #[error("making recovery codes failed")]
    Unavailable(#[from] StoreError),
}

/// Why a session has not proved the factor.
#[derive(Debug, Error)]
pub enum StepUpError {
    /// There is none.
    #[error("the account has no second factor")]
    NoFactor,
    /// The code is wrong, or was used before.
    #[error("the code is wrong, or was used before")]
    WrongCode,
    /// There were too many attempts.
    #[error(transparent)]
    TooManyAttempts(#[from] TooManyAttempts),
    /// The secret could not be opened.
    #[error("proving a second factor failed")]
    Vault(#[from] VaultError),
    /// The store failed.
    #[error("proving a second factor failed")]
    Unavailable(#[from] StoreError),
}

/// Why a login was not ended by a second factor.
#[derive(Debug, Error)]
pub enum FinishLogInError {
    /// There is no such login, or it has been ended or has expired.
    #[error("the login has expired")]
    NoChallenge,
    /// The code is wrong, or was used before.
    #[error("the code is wrong, or was used before")]
    WrongCode,
    /// There were too many attempts.
    #[error(transparent)]
    TooManyAttempts(#[from] TooManyAttempts),
    /// The secret could not be opened.
    #[error("logging in failed")]
    Vault(#[from] VaultError),
    /// The store failed.
    #[error("logging in failed")]
    Unavailable(#[from] StoreError),
}

impl From<ChangePasswordError> for BeginFactorError {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            // No new password is given here, and so none refused.
            ChangePasswordError::InvalidCredentials | ChangePasswordError::WeakPassword(_) => {
                Self::InvalidCredentials
            }
            ChangePasswordError::TooManyAttempts(error) => Self::TooManyAttempts(error),
            ChangePasswordError::Hashing(error) => Self::Hashing(error),
            ChangePasswordError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl From<WrongProof> for StepUpError {
    fn from(_wrong: WrongProof) -> Self {
        Self::WrongCode
    }
}

impl From<WrongProof> for FinishLogInError {
    fn from(_wrong: WrongProof) -> Self {
        Self::WrongCode
    }
}

impl From<AdmitAttemptError> for StepUpError {
    fn from(error: AdmitAttemptError) -> Self {
        match error {
            AdmitAttemptError::TooMany(source) => Self::TooManyAttempts(source),
            AdmitAttemptError::Unavailable(source) => Self::Unavailable(source),
        }
    }
}

impl From<AdmitAttemptError> for FinishLogInError {
    fn from(error: AdmitAttemptError) -> Self {
        match error {
            AdmitAttemptError::TooMany(source) => Self::TooManyAttempts(source),
            AdmitAttemptError::Unavailable(source) => Self::Unavailable(source),
        }
    }
}
