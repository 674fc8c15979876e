//! Mapping of the gateway's errors to page errors.

use udam_domain::IssueAccessKeyError;
use udam_domain::gateway::IssueAccessKey;
use udam_domain::marketplace::ProbeError;
use udam_domain::token::TokenStatus;

use super::PageError;

impl From<IssueAccessKeyError> for PageError {
    fn from(error: IssueAccessKeyError) -> Self {
        match error {
            IssueAccessKeyError::NotFound | IssueAccessKeyError::NotThroughGateway => {
                Self::NotFound
            }
            IssueAccessKeyError::NotActive(TokenStatus::Revoked) => {
                Self::Gone("The token was revoked and no longer grants access.".into())
            }
            IssueAccessKeyError::NotActive(TokenStatus::Expired) => {
                Self::Gone("The token has expired.".into())
            }
            IssueAccessKeyError::NotActive(TokenStatus::Suspended | TokenStatus::Active) => {
                Self::Conflict("The token is suspended while its payment is disputed.".into())
            }
            // The form is shown again with it.
            IssueAccessKeyError::ExpiresInPast => Self::BadRequest,
            IssueAccessKeyError::TooMany => Self::Conflict(format!(
                "A token has {} access keys at most. Delete one that is not used any more.",
                IssueAccessKey::MOST
            )),
            IssueAccessKeyError::Unavailable(error) => error.into(),
        }
    }
}

impl From<ProbeError> for PageError {
    fn from(error: ProbeError) -> Self {
        match error {
            // The page shows the outcome.
            ProbeError::NotFound | ProbeError::Failed(_) => Self::NotFound,
            ProbeError::Vault(error) => error.into(),
            ProbeError::Unavailable(error) => error.into(),
        }
    }
}
