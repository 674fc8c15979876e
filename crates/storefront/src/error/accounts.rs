//! Mapping of errors of accounts to page errors.

use udam_domain::marketplace::{
    BeginFactorError, ChangePasswordError, ConfirmFactorError, FinishLogInError, LogInError,
    RecoveryCodesError, RegisterError, RemoveFactorError, RenameError, StepUpError,
};

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
            // The form is shown again, or the second step.
            LogInError::InvalidCredentials | LogInError::SecondFactorRequired { .. } => {
                Self::Forbidden
            }
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

/// What needs a second factor that the account has not, such as a form of another tab that was shown before it was removed.
const NO_FACTOR: &str = "Your account has no second factor.";

/// Pages ask for a recent proof before they ask a use case, which can only be a moment too late.
fn step_up() -> PageError {
    PageError::StepUpRequired {
        return_to: "/account".to_owned(),
    }
}

impl From<BeginFactorError> for PageError {
    fn from(error: BeginFactorError) -> Self {
        match error {
            // The form is shown again with it.
            BeginFactorError::InvalidCredentials => Self::Forbidden,
            BeginFactorError::TooManyAttempts(limited) => {
                Self::RateLimited(limited.retry_after_seconds())
            }
            BeginFactorError::StepUpRequired(_) => step_up(),
            BeginFactorError::Hashing(error) => error.into(),
            BeginFactorError::Vault(error) => error.into(),
            BeginFactorError::Unavailable(error) => error.into(),
        }
    }
}

impl From<ConfirmFactorError> for PageError {
    fn from(error: ConfirmFactorError) -> Self {
        match error {
            // The form is shown again with it.
            ConfirmFactorError::NotBegun | ConfirmFactorError::WrongCode => Self::Forbidden,
            ConfirmFactorError::StepUpRequired(_) => step_up(),
            ConfirmFactorError::Vault(error) => error.into(),
            ConfirmFactorError::Unavailable(error) => error.into(),
        }
    }
}

impl From<RemoveFactorError> for PageError {
    fn from(error: RemoveFactorError) -> Self {
        match error {
            RemoveFactorError::NoFactor => Self::Conflict(NO_FACTOR.into()),
            RemoveFactorError::StepUpRequired(_) => step_up(),
            RemoveFactorError::Unavailable(error) => error.into(),
        }
    }
}

impl From<RecoveryCodesError> for PageError {
    fn from(error: RecoveryCodesError) -> Self {
        match error {
            RecoveryCodesError::NoFactor => Self::Conflict(NO_FACTOR.into()),
            RecoveryCodesError::StepUpRequired(_) => step_up(),
            RecoveryCodesError::Unavailable(error) => error.into(),
        }
    }
}

impl From<StepUpError> for PageError {
    fn from(error: StepUpError) -> Self {
        match error {
            StepUpError::NoFactor => Self::Conflict(NO_FACTOR.into()),
            // The form is shown again with it.
            StepUpError::WrongCode => Self::Forbidden,
            StepUpError::TooManyAttempts(limited) => {
                Self::RateLimited(limited.retry_after_seconds())
            }
            StepUpError::Vault(error) => error.into(),
            StepUpError::Unavailable(error) => error.into(),
        }
    }
}

impl From<FinishLogInError> for PageError {
    fn from(error: FinishLogInError) -> Self {
        match error {
            // The form is shown again with it.
            FinishLogInError::NoChallenge | FinishLogInError::WrongCode => Self::Forbidden,
            FinishLogInError::TooManyAttempts(limited) => {
                Self::RateLimited(limited.retry_after_seconds())
            }
            FinishLogInError::Vault(error) => error.into(),
            FinishLogInError::Unavailable(error) => error.into(),
        }
    }
}
