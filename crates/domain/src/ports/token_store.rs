use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::id::{AccountId, TokenId};
use crate::page::{Page, PageRequest};
use crate::token::{RevealKey, RevokeToken, SealedAccess, Token, TokenStatus};

/// Reveals and revokes tokens. A token that was revoked reveals nothing from the moment [`revoke`] has
/// returned, on any server.
///
/// [`revoke`]: Self::revoke
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// Returns what an active token grants access to, and writes an audit record.
    ///
    /// # Errors
    /// [`RevealKeyError`]; no record is written then.
    async fn reveal(&self, reveal: RevealKey) -> Result<SealedAccess, RevealKeyError>;

    /// Revokes a token and writes an audit record. Revoking a revoked token returns it, and writes none.
    ///
    /// # Errors
    /// [`RevokeTokenError`]
    async fn revoke(&self, revoke: RevokeToken) -> Result<Token, RevokeTokenError>;
}

/// Reads tokens.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait TokenReader: Send + Sync {
    /// The token, if `buyer` holds it; `None` if there is none or another account holds it.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn find(&self, id: TokenId, buyer: AccountId) -> Result<Option<Token>, StoreError>;

    /// A page of the buyer's tokens in any state, the newest first.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn of_buyer(
        &self,
        buyer: AccountId,
        page: PageRequest<TokenId>,
    ) -> Result<Page<Token, TokenId>, StoreError>;
}

/// Why a token revealed nothing.
#[derive(Debug, Error)]
pub enum RevealKeyError {
    /// There is no such token, or another buyer holds it.
    #[error("there is no such token")]
    NotFound,
    /// The token was revoked.
    #[error("the token was revoked")]
    Revoked,
    /// The token's payment is disputed.
    #[error("the token is suspended while its payment is disputed")]
    Suspended,
    /// The token has expired.
    #[error("the token has expired")]
    Expired,
    /// The store failed.
    #[error("revealing a key failed")]
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
    /// There is no such token, or the actor has neither bought nor sold it.
    #[error("there is no such token")]
    NotFound,
    /// The store failed.
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
