use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::account::{
    AccountKey, AccountKeyDigest, AccountKeyInfo, KeyHolder, NewAccountKey, RevokeAccountKey,
};
use crate::id::AccountId;
use crate::time::Timestamp;

/// Keeps the keys of accounts, by the digests of their secrets. A key that was revoked is refused from the moment the call
/// that revoked it has returned, on any server; so are those of an account that was suspended.
///
/// # Cancellation
/// A call whose future is dropped has happened whole or not at all.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait AccountKeyStore: Send + Sync {
    /// Stores a key, and writes an audit record. The account must have fewer than [`AccountKeyInfo::MOST`].
    ///
    /// # Errors
    /// [`MakeAccountKeyError`]; nothing has changed then.
    async fn make(&self, key: NewAccountKey) -> Result<(), MakeAccountKeyError>;

    /// Returns the keys of an account, the newest first.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn of_account(&self, account: AccountId) -> Result<Vec<AccountKeyInfo>, StoreError>;

    /// Deletes a key of the acting account, and writes an audit record. Returns `false`, and writes nothing, if the account has
    /// no such key.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn revoke(&self, revoke: RevokeAccountKey) -> Result<bool, StoreError>;

    /// Returns the living key with this digest, and its account; `None` if there is none, [`AccountKeyInfo::is_alive`] says that
    /// it has expired, or the account is suspended. Records the use if [`AccountKeyInfo::is_worth_noting`] says so.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn authenticate(
        &self,
        digest: AccountKeyDigest,
        now: Timestamp,
    ) -> Result<Option<KeyHolder>, StoreError>;
}

/// Why no key was made.
#[derive(Debug, Error)]
pub enum MakeAccountKeyError {
    /// The account has as many keys as it may have.
    #[error("an account may have {} keys", AccountKeyInfo::MOST)]
    TooMany,
    /// The store failed.
    #[error("making a key failed")]
    Unavailable(#[from] StoreError),
}

/// Makes account keys and recognizes its own.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait AccountKeyMint: Send + Sync {
    /// Returns a new key of 256 unpredictable bits, and the digest to store in its place.
    fn mint(&self) -> (AccountKey, AccountKeyDigest);

    /// Returns the digest to look a key up by; `None` for what this mint cannot have made.
    fn recognize(&self, key: &AccountKey) -> Option<AccountKeyDigest>;
}
