use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::gateway::{AccessKeyInfo, DeleteAccessKey, IssueAccessKey};
use crate::id::{AccountId, TokenId};
use crate::token::TokenStatus;

/// Keeps the access keys of tokens that are used through the gateway. The first key of a token is stored by
/// [`TokenStore::reveal`](super::TokenStore::reveal).
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait AccessKeyStore: Send + Sync {
    /// Stores a further key of a token, and writes an audit record. The token must be active, and have fewer than
    /// [`IssueAccessKey::MOST`] keys that are not deleted.
    ///
    /// # Errors
    /// [`IssueAccessKeyError`]; nothing has changed then.
    async fn issue(&self, issue: IssueAccessKey) -> Result<AccessKeyInfo, IssueAccessKeyError>;

    /// Deletes a key, and writes an audit record: calls that begin after this has returned are refused. Returns
    /// whether there was such a key of the buyer's; one that is deleted is none.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn delete(&self, delete: DeleteAccessKey) -> Result<bool, StoreError>;

    /// Returns the keys of a token that are not deleted, the oldest first; empty if `buyer` does not hold it.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn of_token(
        &self,
        token: TokenId,
        buyer: AccountId,
    ) -> Result<Vec<AccessKeyInfo>, StoreError>;
}

/// Why no access key was issued.
#[derive(Debug, Error)]
pub enum IssueAccessKeyError {
    /// There is no such token, or another buyer holds it.
    #[error("there is no such token")]
    NotFound,
    /// The token reveals the seller's key instead.
    #[error("the token is not used through the gateway")]
    NotThroughGateway,
    /// The token grants no access.
    #[error("the token is {0}")]
    NotActive(TokenStatus),
    /// The key would have expired before it is issued.
    #[error("an access key must expire in the future")]
    ExpiresInPast,
    /// The token has as many keys as it may have.
    #[error("a token may have {} access keys", IssueAccessKey::MOST)]
    TooMany,
    /// The store failed.
    #[error("issuing an access key failed")]
    Unavailable(#[from] StoreError),
}
