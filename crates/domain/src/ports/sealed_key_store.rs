use std::fmt;

use async_trait::async_trait;

use super::StoreError;
use crate::id::{ListingId, SecondFactorId, TokenId};
use crate::listing::{KeyId, SealedKey};
use crate::time::Timestamp;

/// Owner of a sealed key, which is bound to it. Listings come before tokens, tokens before second
/// factors, and each by their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyOwner {
    /// A listing, whose key is its seller's.
    Listing(ListingId),
    /// A token, whose key is its first access key.
    Token(TokenId),
    /// A second factor, whose key is its secret.
    SecondFactor(SecondFactorId),
}

impl fmt::Display for KeyOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listing(listing) => listing.fmt(f),
            Self::Token(token) => token.fmt(f),
            Self::SecondFactor(factor) => factor.fmt(f),
        }
    }
}

/// Reads and replaces the sealed keys of all listings, tokens and second factors, to move them from one master key to another while
/// the marketplace runs. A service that keeps one master key needs no implementation.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait SealedKeyStore: Send + Sync {
    /// Returns the newest sealed key of a listing, that of a token, and that of a second factor, under each master key that is in use: what
    /// a vault must be able to open before it serves. Access keys that are deleted are not in use.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn samples(&self) -> Result<Vec<(KeyOwner, SealedKey)>, StoreError>;

    /// Returns up to `limit` keys in use that are sealed under another master key than `active`, of owners after
    /// `after`, in the order of their owners.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn sealed_under_others(
        &self,
        active: &KeyId,
        after: Option<KeyOwner>,
        limit: u16,
    ) -> Result<Vec<(KeyOwner, SealedKey)>, StoreError>;

    /// Replaces `from` by `to` and writes an audit record. Returns `false`, and changes nothing, if the stored
    /// key is no longer `from`: its seller has replaced it meanwhile, its buyer has deleted it, or another server has
    /// moved it.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn reseal(
        &self,
        owner: KeyOwner,
        from: SealedKey,
        to: SealedKey,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
}
