use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::id::{AccountId, TokenId};
use crate::page::{Page, PageRequest};
use crate::token::{RevealKey, RevokeToken, SealedAccess, Token, TokenStatus};

/// Reveals and revokes the tokens that orders have been issued.
///
/// A token that was revoked reveals nothing from the moment the call that revoked it has returned, on any
/// server, whether that was [`revoke`](Self::revoke), a refund, or a lost dispute.
///
/// # Cancellation
/// A call whose future is dropped has happened whole or not at all: an audit record may have been written of a
/// key that nobody received.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// Returns what a token grants access to, with the listing's key and address as they are now, and writes an
    /// audit record. A token that was bought under gateway terms grants access through the gateway: its first access
    /// key is [`RevealKey::first_key`] if it has none, and its balance begins with it; otherwise it is the one that was
    /// stored before. [`Token::status`] at [`RevealKey::at`] must be active, see [`RevealKeyError::unless_active`]. The first time is [`Token::revealed_at`] from then on. If the record
    /// cannot be written, nothing is revealed.
    ///
    /// # Errors
    /// [`RevealKeyError`]; no record is written then. `NotFound` also if [`RevealKey::buyer`] is another account
    /// than its buyer, its seller included. `NoKey` if a token that is used through the gateway has no first key, and the
    /// request none to store: it may be repeated with one.
    async fn reveal(&self, reveal: RevealKey) -> Result<SealedAccess, RevealKeyError>;

    /// Revokes a token as [`TokenState::revoke`](crate::token::TokenState::revoke) says, also one that is
    /// suspended or has expired, and writes an audit record. A repeat returns the revoked token, and writes
    /// none.
    ///
    /// The order stays as it is, and nothing is owed back, unless
    /// [`refund_by_revoking`](crate::order::refund_by_revoking) moves it: then it is refunded in the same step, with
    /// an audit record of its own, and the money goes back as
    /// [`give_back_revoked`](crate::payment::give_back_revoked) says. Of a call that reveals and one that revokes
    /// at once, one comes first.
    ///
    /// # Errors
    /// [`RevokeTokenError`]; nothing has changed then.
    async fn revoke(&self, revoke: RevokeToken) -> Result<Token, RevokeTokenError>;
}

/// Reads tokens. [`Token::service_changes`] are those of its listing
/// [since](crate::listing::ServiceChanges::since) its order was placed.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait TokenReader: Send + Sync {
    /// Returns the token if `buyer` holds it; `None` if there is none or another account holds it.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn find(&self, id: TokenId, buyer: AccountId) -> Result<Option<Token>, StoreError>;

    /// Returns a page of the buyer's tokens in any state, the newest first; empty for an unknown account.
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
    /// The token is used through the gateway, and has no key yet.
    #[error("the token has no access key yet")]
    NoKey,
    /// An operator has suspended the listing, its seller or the buyer.
    #[error("the listing, its seller or the buyer is suspended")]
    SuspendedByOperator,
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
