//! Mapping of errors of accounts to page errors.

use udam_domain::marketplace::{ChangePasswordError, LogInError, RegisterError, RenameError};

use super::PageError;

/// What a suspension has refused. Operators tell why.
pub(super) const SUSPENDED: &str =
    "The operator of the marketplace has suspended this account, this listing or its seller.";

impl From<RegisterError> for PageError {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::EmailTaken => {
                Self::Conflict("This email address already has an account.".into())
            }
            // The form is shown again with it.
            RegisterError::Name(_) | RegisterError::WeakPassword(_) => Self::BadRequest,
            RegisterError::Hashing(error) => error.into(),
            RegisterError::Unavailable(error) => error.into(),
        }
    }
}

impl From<RenameError> for PageError {
    fn from(error: RenameError) -> Self {
        match error {
            // The form is shown again with it.
            RenameError::Name(_) => Self::BadRequest,
            RenameError::Unavailable(error) => error.into(),
        }
    }
}

impl From<LogInError> for PageError {
    fn from(error: LogInError) -> Self {
        match error {
            LogInError::InvalidCredentials => Self::Forbidden,
            // The form is shown again with it.
            LogInError::Suspended => Self::Conflict(SUSPENDED.into()),
            LogInError::TooManyAttempts(limited) => {
                Self::RateLimited(limited.retry_after_seconds())
            }
            LogInError::Hashing(error) => error.into(),
            LogInError::Unavailable(error) => error.into(),
        }
    }
}

impl From<ChangePasswordError> for PageError {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::InvalidCredentials => Self::Forbidden,
            ChangePasswordError::TooManyAttempts(limited) => {
                Self::RateLimited(limited.retry_after_seconds())
            }
            // The form is shown again with it.
            ChangePasswordError::WeakPassword(_) => Self::BadRequest,
            ChangePasswordError::Hashing(error) => error.into(),
            ChangePasswordError::Unavailable(error) => error.into(),
        }
    }
}
