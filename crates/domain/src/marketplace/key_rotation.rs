use std::sync::Arc;

use thiserror::Error;

use crate::id::ListingId;
use crate::listing::KeyId;
use crate::ports::{Clock, KeyVault, SealedKeyStore, StoreError};

/// Moving sealed keys under the active master key, a batch at a time, while the marketplace runs.
///
/// It may be stopped anywhere and started again: what is done stays done.
#[derive(Clone)]
pub struct KeyRotation {
    /// Keeps the sealed keys.
    pub keys: Arc<dyn SealedKeyStore>,
    /// Opens and seals them.
    pub vault: Arc<dyn KeyVault>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// What a batch came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// How many keys moved. Those that their seller replaced meanwhile are under the active key
    /// already and do not count.
    pub moved: u16,
    /// The listings whose keys do not open, and so stay as they are.
    pub unopenable: Vec<ListingId>,
    /// Where the next batch starts; `None` when this one found no key left to move.
    pub next: Option<ListingId>,
}

/// Why a batch stopped. The keys before the one it stopped at have moved.
#[derive(Debug, Error)]
pub enum RotateKeysError {
    /// The store could not be asked.
    #[error("moving keys failed")]
    Unavailable(#[from] StoreError),
}

impl KeyRotation {
    /// How many keys a batch moves at most.
    pub const BATCH: u16 = 100;

    /// Moves the next batch of keys, of the listings after `after`, under `active`.
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
            let opened = self.vault.open(listing, &from);
            let Ok(to) = opened.and_then(|key| self.vault.seal(listing, &key)) else {
                unopenable.push(listing);
                continue;
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
}

#[cfg(test)]
mod tests;
