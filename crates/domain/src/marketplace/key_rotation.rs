use std::sync::Arc;

use thiserror::Error;

use crate::listing::{KeyId, SealedKey};
use crate::opaque_debug::opaque_debug;
use crate::ports::{
    AccessKeyVault, Clock, FactorVault, KeyOwner, KeyVault, SealedKeyStore, StoreError, VaultError,
};

/// Moving sealed keys under the active master key, a batch at a time, while the marketplace runs.
///
/// It may be stopped anywhere and started again: what is done stays done.
#[derive(Clone)]
pub struct KeyRotation {
    keys: Arc<dyn SealedKeyStore>,
    vault: Arc<dyn KeyVault>,
    access_keys: Arc<dyn AccessKeyVault>,
    factors: Arc<dyn FactorVault>,
    clock: Arc<dyn Clock>,
}

/// The ports that [`KeyRotation`] needs.
#[derive(Clone)]
pub struct KeyRotationPorts {
    /// Keeps the sealed keys.
    pub keys: Arc<dyn SealedKeyStore>,
    /// Opens keys of listings under any master key at hand, and seals them under the active one.
    pub vault: Arc<dyn KeyVault>,
    /// The same for the first access keys of tokens.
    pub access_keys: Arc<dyn AccessKeyVault>,
    /// The same for the secrets of second factors.
    pub factors: Arc<dyn FactorVault>,
    /// Time for the audit records.
    pub clock: Arc<dyn Clock>,
}

/// Result of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rotated {
    /// Number of keys moved. Keys that their seller replaced meanwhile are under the active key already
    /// and do not count.
    pub moved: u16,
    /// Owners of keys that do not open, and are left as they are.
    pub unopenable: Vec<KeyOwner>,
    /// Owner after which the next batch starts; `None` when this one found no key left to move.
    pub next: Option<KeyOwner>,
}

/// Why a batch stopped. The keys before the one it stopped at have moved.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RotateKeysError {
    /// The vault could not be reached.
    #[error("moving keys failed")]
    Vault(#[from] VaultError),
    /// The store failed.
    #[error("moving keys failed")]
    Unavailable(#[from] StoreError),
}

impl KeyRotation {
    /// Most keys that a batch moves.
    pub const BATCH: u16 = 100;

    /// The use case over these ports.
    #[must_use]
    pub fn new(ports: KeyRotationPorts) -> Self {
        Self {
            keys: ports.keys,
            vault: ports.vault,
            access_keys: ports.access_keys,
            factors: ports.factors,
            clock: ports.clock,
        }
    }

    /// Moves the next batch of keys, of owners after `after`, under the master key `active`.
    ///
    /// # Errors
    /// [`RotateKeysError`]
    pub async fn rotate(
        &self,
        active: &KeyId,
        after: Option<KeyOwner>,
    ) -> Result<Rotated, RotateKeysError> {
        let batch = self
            .keys
            .sealed_under_others(active, after, Self::BATCH)
            .await?;
        let next = batch.last().map(|(owner, _)| *owner);
        let (mut moved, mut unopenable) = (0_u16, Vec::new());
        for (owner, from) in batch {
            let to = match self.reseal(owner, &from).await {
                Ok(to) => to,
                Err(error @ VaultError::Unavailable(_)) => return Err(error.into()),
                Err(VaultError::Unopenable | VaultError::Unsealable) => {
                    unopenable.push(owner);
                    continue;
                }
            };
            if self.keys.reseal(owner, from, to, self.clock.now()).await? {
                moved = moved.saturating_add(1);
            }
        }
        Ok(Rotated {
            moved,
            unopenable,
            next,
        })
    }

    async fn reseal(&self, owner: KeyOwner, from: &SealedKey) -> Result<SealedKey, VaultError> {
        match owner {
            KeyOwner::Listing(listing) => {
                let key = self.vault.open(listing, from).await?;
                self.vault.seal(listing, &key).await
            }
            KeyOwner::Token(token) => {
                let key = self.access_keys.open(token, from).await?;
                self.access_keys.seal(token, &key).await
            }
            KeyOwner::SecondFactor(factor) => {
                let secret = self.factors.open(factor, from).await?;
                self.factors.seal(factor, &secret).await
            }
        }
    }
}

opaque_debug!(KeyRotation, KeyRotationPorts);

#[cfg(test)]
mod tests;
