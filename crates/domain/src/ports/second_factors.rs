use async_trait::async_trait;

use super::VaultError;
use crate::account::{
    ChallengeDigest, ChallengeSecret, RecoveryCode, RecoveryCodeDigest, TotpCode, TotpSecret,
    TotpStep,
};
use crate::id::SecondFactorId;
use crate::listing::SealedKey;

/// Makes and computes the codes of second factors.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait OneTimeCodes: Send + Sync {
    /// Returns a new secret of 160 unpredictable bits.
    fn new_secret(&self) -> TotpSecret;

    /// Returns the code of a secret for a step: HMAC-SHA-1, six digits (RFC 6238). `None` for a text that is no secret.
    fn code(&self, secret: &TotpSecret, step: TotpStep) -> Option<TotpCode>;

    /// Returns a new recovery code of 120 unpredictable bits, and the digest to store in its place.
    fn new_recovery_code(&self) -> (RecoveryCode, RecoveryCodeDigest);

    /// Returns the digest to look a recovery code up by.
    fn digest(&self, code: &RecoveryCode) -> RecoveryCodeDigest;
}

/// Makes secrets of logins that wait for the second factor, and recognizes its own.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait ChallengeMint: Send + Sync {
    /// Returns a new secret of 256 unpredictable bits, and the digest to store in its place.
    fn mint(&self) -> (ChallengeSecret, ChallengeDigest);

    /// Returns the digest to look a secret up by; `None` for what this mint cannot have made.
    fn recognize(&self, secret: &ChallengeSecret) -> Option<ChallengeDigest>;
}

/// Seals the secrets of second factors, so that a stolen database has no codes.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait FactorVault: Send + Sync {
    /// Seals a secret for a factor under the active master key.
    ///
    /// # Errors
    /// [`VaultError::Unsealable`], [`VaultError::Unavailable`]
    async fn seal(
        &self,
        factor: SecondFactorId,
        secret: &TotpSecret,
    ) -> Result<SealedKey, VaultError>;

    /// Opens a secret that was sealed for this very factor. It opens no other kind of key.
    ///
    /// # Errors
    /// [`VaultError::Unopenable`], [`VaultError::Unavailable`]
    async fn open(
        &self,
        factor: SecondFactorId,
        sealed: &SealedKey,
    ) -> Result<TotpSecret, VaultError>;
}
