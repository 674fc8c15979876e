use std::error::Error;

use async_trait::async_trait;

use crate::account::{Password, PasswordHash, SessionDigest, SessionToken};
use crate::id::{AccountId, ListingId};
use crate::listing::{ApiKey, SealedKey};
use crate::mail::{LinkDigest, LinkSecret, MailTopic, UnsubscribeSecret};

/// Seals sellers' keys, so that a stolen database reveals none of them. The master keys may be local or
/// in a service of their own.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait KeyVault: Send + Sync {
    /// Seals a listing's key under the active master key. Sealing twice gives two ciphertexts.
    ///
    /// # Errors
    /// [`VaultError::Unsealable`] when the cipher fails, [`VaultError::Unavailable`].
    async fn seal(&self, listing_id: ListingId, key: &ApiKey) -> Result<SealedKey, VaultError>;

    /// Opens a key that was sealed for this very listing.
    ///
    /// # Errors
    /// [`VaultError::Unopenable`], whether the ciphertext was tampered with, belongs to another listing, or
    /// was sealed under a master key that is not at hand; [`VaultError::Unavailable`].
    async fn open(&self, listing_id: ListingId, sealed: &SealedKey) -> Result<ApiKey, VaultError>;
}

/// Why a key was not sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The key could not be sealed.
    #[error("the key could not be sealed")]
    Unsealable,
    /// The sealed key does not open here, now or later.
    #[error("the sealed key does not open here")]
    Unopenable,
    /// The vault could not be reached; the same call may succeed later. A local vault never fails so.
    #[error("the key vault could not be reached")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
}

/// Hashes and verifies passwords. That is slow on purpose: an implementation runs it where it blocks
/// nothing else.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Returns the hash of a password under a fresh salt.
    ///
    /// # Errors
    /// [`HashingError`]
    async fn hash(&self, password: Password) -> Result<PasswordHash, HashingError>;

    /// Returns whether the password is the one that was hashed. Without a hash it does the same work and
    /// returns `false`, so that the time taken does not disclose whether an account exists.
    ///
    /// # Errors
    /// [`HashingError`]
    async fn verify(
        &self,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<bool, HashingError>;
}

/// Why a password was neither hashed nor verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashingError {
    /// Too many passwords are waiting to be hashed; the same call may succeed in a moment.
    #[error("too many passwords are waiting to be hashed")]
    Overloaded,
    /// The stored hash cannot be parsed, or the hash function failed.
    #[error("the password could not be hashed")]
    Failed,
}

/// Makes session tokens and recognizes its own.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait SessionMint: Send + Sync {
    /// Returns a new token of 256 unpredictable bits, and the digest to store in its place.
    fn mint(&self) -> (SessionToken, SessionDigest);

    /// Returns the digest to look a token up by; `None` for what this mint cannot have made, so that a
    /// typo is refused without asking a store.
    fn recognize(&self, token: &SessionToken) -> Option<SessionDigest>;
}

/// Makes secrets of links in mails and recognizes its own.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait LinkMint: Send + Sync {
    /// Returns a new secret of 256 unpredictable bits, which a URL can hold as it is, and the digest to store in its place.
    fn mint(&self) -> (LinkSecret, LinkDigest);

    /// Returns the digest to look a secret up by; `None` for what this mint cannot have made.
    fn recognize(&self, secret: &LinkSecret) -> Option<LinkDigest>;
}

/// Signs links that end mails, and recognizes its own. There is nothing to be stored: the secret says whose mails end.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait UnsubscribeMint: Send + Sync {
    /// Returns a secret that nobody else can make, and a URL can hold as it is.
    fn sign(&self, account: AccountId, topic: MailTopic) -> UnsubscribeSecret;

    /// Returns what a secret was signed for; `None` for what this mint cannot have made.
    fn recognize(&self, secret: &UnsubscribeSecret) -> Option<(AccountId, MailTopic)>;
}
