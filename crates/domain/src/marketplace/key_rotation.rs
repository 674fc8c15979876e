use std::sync::Arc;

use thiserror::Error;

use crate::id::ListingId;
use crate::listing::{KeyId, SealedKey};
use crate::opaque_debug::opaque_debug;
use crate::ports::{Clock, KeyVault, SealedKeyStore, StoreError, VaultError};

/// Moving sealed keys under the active master key, a batch at a time, while the marketplace runs.
///
/// It may be stopped anywhere and started again: what is done stays done.
#[derive(Clone)]
pub struct KeyRotation {
    keys: Arc<dyn SealedKeyStore>,
    vault: Arc<dyn KeyVault>,
    clock: Arc<dyn Clock>,
}

/// The ports that [`KeyRotation`] needs.
#[derive(Clone)]
pub struct KeyRotationPorts {
    /// Keeps the sealed keys.
    pub keys: Arc<dyn SealedKeyStore>,
    /// Opens keys under any master key at hand, and seals them under the active one.
    pub vault: Arc<dyn KeyVault>,
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
    /// Listings whose keys do not open, and are left as they are.
    pub unopenable: Vec<ListingId>,
    /// Listing after which the next batch starts; `None` when this one found no key left to move.
    pub next: Option<ListingId>,
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
            clock: ports.clock,
        }
    }

    /// Moves the next batch of keys, of listings after `after`, under the master key `active`.
    ///
    /// # Errors
    /// [`RotateKeysError`]
    pub async fn rotate(
        &self,
        active: &KeyId,
        after: Option<ListingId>,
    ) -> Result<Rotated, RotateKeysError> {
        let batch = self
            .keys
            .sealed_under_others(active, after, Self::BATCH)
            .await?;
        let next = batch.last().map(|(listing, _)| *listing);
        let (mut moved, mut unopenable) = (0_u16, Vec::new());
        for (listing, from) in batch {
            let to = match self.reseal(listing, &from).await {
                Ok(to) => to,
                Err(error @ VaultError::Unavailable(_)) => return Err(error.into()),
                Err(VaultError::Unopenable | VaultError::Unsealable) => {
                    unopenable.push(listing);
                    continue;
                }
            };
            if self
                .keys
                .reseal(listing, from, to, self.clock.now())
                .await?
            {
                moved = moved.saturating_add(1);
            }
        }
        Ok(Rotated {
            moved,
            unopenable,
            next,
        })
    }

    async fn reseal(&self, listing: ListingId, from: &SealedKey) -> Result<SealedKey, VaultError> {
        let key = self.vault.open(listing, from).await?;
        self.vault.seal(listing, &key).await
    }
}

opaque_debug!(KeyRotation, KeyRotationPorts);

#[cfg(test)]
mod tests;
