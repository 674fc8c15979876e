use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::id::{AccountId, TokenId};
use crate::page::{Page, PageRequest};
use crate::token::{RevealKey, RevokeToken, SealedAccess, Token, TokenStatus};

/// Keeps tokens. One that was revoked opens nothing from the moment the call that revoked it has
/// answered, on any server.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// The token, if it is the buyer's.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn find(&self, id: TokenId, buyer: AccountId) -> Result<Option<Token>, StoreError>;

    /// A page of the buyer's tokens, the newest first.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn of_buyer(
        &self,
        buyer: AccountId,
        page: PageRequest<TokenId>,
    ) -> Result<Page<Token, TokenId>, StoreError>;

    /// What an active token opens, leaving an audit record.
    ///
    /// # Errors
    /// [`RevealKeyError`]
    async fn reveal(&self, reveal: RevealKey) -> Result<SealedAccess, RevealKeyError>;

    /// Revokes a token and leaves an audit record. Revoking a revoked token again answers with it.
    ///
    /// # Errors
    /// [`RevokeTokenError`]
    async fn revoke(&self, revoke: RevokeToken) -> Result<Token, RevokeTokenError>;
}

/// Why a token did not open its key.
#[derive(Debug, Error)]
pub enum RevealKeyError {
    /// There is no such token, or it is another buyer's.
    #[error("there is no such token")]
    NotFound,
    /// It was revoked.
    #[error("the token was revoked")]
    Revoked,
    /// Its payment is disputed.
    #[error("the token is suspended while its payment is disputed")]
    Suspended,
    /// Its time is up.
    #[error("the token has expired")]
    Expired,
    /// The store could not be asked.
    #[error("opening a token failed")]
    Unavailable(#[from] StoreError),
}

impl RevealKeyError {
    /// Fails unless a token with this status grants access to its key.
    ///
    /// # Errors
    /// The error for the status.
    pub const fn unless_active(status: TokenStatus) -> Result<(), Self> {
        match status {
            TokenStatus::Active => Ok(()),
            TokenStatus::Suspended => Err(Self::Suspended),
            TokenStatus::Revoked => Err(Self::Revoked),
            TokenStatus::Expired => Err(Self::Expired),
        }
    }
}

/// Why a token was not revoked.
#[derive(Debug, Error)]
pub enum RevokeTokenError {
    /// There is no such token, or it is neither the actor's nor of the actor's selling.
    #[error("there is no such token")]
    NotFound,
    /// The store could not be asked.
    #[error("revoking a token failed")]
    Unavailable(#[from] StoreError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_active_token_grants_access_and_each_other_status_has_its_error() {
        assert!(RevealKeyError::unless_active(TokenStatus::Active).is_ok());
        for (status, error) in [
            (
                TokenStatus::Suspended,
                "the token is suspended while its payment is disputed",
            ),
            (TokenStatus::Revoked, "the token was revoked"),
            (TokenStatus::Expired, "the token has expired"),
        ] {
            let refused = RevealKeyError::unless_active(status).unwrap_err();
            assert_eq!(refused.to_string(), error);
        }
    }
}
