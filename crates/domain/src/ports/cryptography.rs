use async_trait::async_trait;
use thiserror::Error;

use crate::account::{Password, PasswordHash, SessionDigest, SessionToken};
use crate::id::ListingId;
use crate::listing::{ApiKey, SealedKey};

/// Keeps sellers' keys so that a stolen database opens none of them.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait KeyVault: Send + Sync {
    /// Seals a listing's key under the active master key. Sealing twice gives two ciphertexts.
    ///
    /// # Errors
    /// [`VaultError::Unsealable`] when the cipher fails.
    fn seal(&self, listing_id: ListingId, key: &ApiKey) -> Result<SealedKey, VaultError>;

    /// Opens what was sealed for this very listing.
    ///
    /// # Errors
    /// [`VaultError::Unopenable`], one and the same whether the ciphertext was tampered with, belongs
    /// to another listing, or was sealed under a master key that is not at hand.
    fn open(&self, listing_id: ListingId, sealed: &SealedKey) -> Result<ApiKey, VaultError>;
}

/// Why the vault did not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum VaultError {
    /// The key could not be sealed.
    #[error("the key could not be sealed")]
    Unsealable,
    /// The sealed key does not open here.
    #[error("the sealed key does not open here")]
    Unopenable,
}

/// Hashes and checks passwords: slow work on purpose, done where it holds nothing else up.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// The hash of a password under a fresh salt.
    ///
    /// # Errors
    /// [`HashingError`]
    async fn hash(&self, password: Password) -> Result<PasswordHash, HashingError>;

    /// Whether the password is the one that was hashed. Against no hash at all it does the same work
    /// and says no, so that the time taken does not tell whether an account exists.
    ///
    /// # Errors
    /// [`HashingError`]
    async fn verify(
        &self,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<bool, HashingError>;
}

/// Why a password was neither hashed nor checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HashingError {
    /// Too many are waiting to be hashed; try again in a moment.
    #[error("too many passwords are waiting to be hashed")]
    Overloaded,
    /// The stored hash is not one, or the hash function failed.
    #[error("the password could not be hashed")]
    Failed,
}

/// Makes session tokens and knows its own.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait SessionMint: Send + Sync {
    /// A new token of 256 unpredictable bits, and the digest to store in its place.
    fn mint(&self) -> (SessionToken, SessionDigest);

    /// The digest to look a token up by, or `None` for what this mint cannot have made: a typo is
    /// told from a token without asking a store.
    fn recognize(&self, token: &SessionToken) -> Option<SessionDigest>;
}
