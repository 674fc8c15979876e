use async_trait::async_trait;

use super::VaultError;
use crate::gateway::{AccessKey, AccessKeyDigest};
use crate::id::TokenId;
use crate::listing::SealedKey;

/// Makes access keys and recognizes its own.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait AccessKeyMint: Send + Sync {
    /// Returns a new key of 256 unpredictable bits, and the digest to store in its place.
    fn mint(&self) -> (AccessKey, AccessKeyDigest);

    /// Returns the digest to look a key up by; `None` for what this mint cannot have made, so that a typo is refused
    /// without asking a store.
    fn recognize(&self, key: &AccessKey) -> Option<AccessKeyDigest>;
}

/// Seals the first access keys of tokens, so that they can be shown again and a stolen database opens none.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait AccessKeyVault: Send + Sync {
    /// Seals an access key for a token under the active master key.
    ///
    /// # Errors
    /// [`VaultError::Unsealable`], [`VaultError::Unavailable`]
    async fn seal(&self, token: TokenId, key: &AccessKey) -> Result<SealedKey, VaultError>;

    /// Opens an access key that was sealed for this very token. It opens no seller's key.
    ///
    /// # Errors
    /// [`VaultError::Unopenable`], [`VaultError::Unavailable`]
    async fn open(&self, token: TokenId, sealed: &SealedKey) -> Result<AccessKey, VaultError>;
}

/// Signs receipts of calls.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait ReceiptSigner: Send + Sync {
    /// Signs a payload. Returns a JSON Web Signature in compact form (RFC 7515, section 3.1), by Ed25519 (RFC 8037).
    fn sign(&self, payload: &[u8]) -> String;

    /// The public keys of all signatures so far, as a JSON Web Key Set (RFC 7517, section 5).
    fn public_keys(&self) -> String;
}
