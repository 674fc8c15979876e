mod sealing;

use async_trait::async_trait;
use udam_domain::account::TotpSecret;
use udam_domain::gateway::AccessKey;
use udam_domain::id::{ListingId, SecondFactorId, TokenId};
use udam_domain::listing::{ApiKey, ApiKeyError, SealedKey};
use udam_domain::{AccessKeyVault, FactorVault, KeyVault, VaultError};

use crate::master_keys::MasterKeys;
use sealing::Place;

/// Seals sellers' API keys, the first access keys of tokens, and the secrets of second factors, with AES-256-GCM under the operator's master keys.
///
/// A sealed key consists of the format version (1 byte), a random nonce (12 bytes), the ciphertext (as
/// long as the key) and the tag (16 bytes). It is bound to its kind and its owner: an API key opens for its listing
/// only, an access key for its token only, a secret for its factor only, and none as another kind.
#[derive(Debug)]
pub struct RingKeyVault {
    keys: MasterKeys,
}

impl RingKeyVault {
    /// Makes a vault that seals under the active key and opens under each of the keys.
    #[must_use]
    pub const fn new(keys: MasterKeys) -> Self {
        Self { keys }
    }

    /// Seals an API key synchronously: see [`KeyVault::seal`].
    ///
    /// # Errors
    /// [`VaultError::Unsealable`]
    pub fn seal(&self, listing_id: ListingId, key: &ApiKey) -> Result<SealedKey, VaultError> {
        sealing::seal(&self.keys, Place::api_key(listing_id), key.expose())
    }

    /// Opens an API key synchronously: see [`KeyVault::open`].
    ///
    /// # Errors
    /// [`VaultError::Unopenable`]
    pub fn open(&self, listing_id: ListingId, sealed: &SealedKey) -> Result<ApiKey, VaultError> {
        let text = sealing::open(&self.keys, Place::api_key(listing_id), sealed)?;
        ApiKey::new(text.to_string()).map_err(|ApiKeyError| VaultError::Unopenable)
    }

    /// Seals an access key synchronously: see [`AccessKeyVault::seal`].
    ///
    /// # Errors
    /// [`VaultError::Unsealable`]
    pub fn seal_access_key(
        &self,
        token_id: TokenId,
        key: &AccessKey,
    ) -> Result<SealedKey, VaultError> {
        sealing::seal(&self.keys, Place::access_key(token_id), key.expose())
    }

    /// Opens an access key synchronously: see [`AccessKeyVault::open`].
    ///
    /// # Errors
    /// [`VaultError::Unopenable`]
    pub fn open_access_key(
        &self,
        token_id: TokenId,
        sealed: &SealedKey,
    ) -> Result<AccessKey, VaultError> {
        let text = sealing::open(&self.keys, Place::access_key(token_id), sealed)?;
        Ok(AccessKey::new(text.to_string()))
    }

    /// Seals the secret of a second factor synchronously: see [`FactorVault::seal`].
    ///
    /// # Errors
    /// [`VaultError::Unsealable`]
    pub fn seal_factor(
        &self,
        factor: SecondFactorId,
        secret: &TotpSecret,
    ) -> Result<SealedKey, VaultError> {
        sealing::seal(&self.keys, Place::totp_secret(factor), secret.expose())
    }

    /// Opens the secret of a second factor synchronously: see [`FactorVault::open`].
    ///
    /// # Errors
    /// [`VaultError::Unopenable`]
    pub fn open_factor(
        &self,
        factor: SecondFactorId,
        sealed: &SealedKey,
    ) -> Result<TotpSecret, VaultError> {
        let text = sealing::open(&self.keys, Place::totp_secret(factor), sealed)?;
        Ok(TotpSecret::new(text.to_string()))
    }
}

#[async_trait]
impl FactorVault for RingKeyVault {
    async fn seal(
        &self,
        factor: SecondFactorId,
        secret: &TotpSecret,
    ) -> Result<SealedKey, VaultError> {
        self.seal_factor(factor, secret)
    }

    async fn open(
        &self,
        factor: SecondFactorId,
        sealed: &SealedKey,
    ) -> Result<TotpSecret, VaultError> {
        self.open_factor(factor, sealed)
    }
}

#[async_trait]
impl KeyVault for RingKeyVault {
    async fn seal(&self, listing_id: ListingId, key: &ApiKey) -> Result<SealedKey, VaultError> {
        Self::seal(self, listing_id, key)
    }

    async fn open(&self, listing_id: ListingId, sealed: &SealedKey) -> Result<ApiKey, VaultError> {
        Self::open(self, listing_id, sealed)
    }
}

#[async_trait]
impl AccessKeyVault for RingKeyVault {
    async fn seal(&self, token_id: TokenId, key: &AccessKey) -> Result<SealedKey, VaultError> {
        self.seal_access_key(token_id, key)
    }

    async fn open(&self, token_id: TokenId, sealed: &SealedKey) -> Result<AccessKey, VaultError> {
        self.open_access_key(token_id, sealed)
    }
}
