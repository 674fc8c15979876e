//! Checks that the configured master keys open everything that is stored.

use thiserror::Error;
use udam_crypto::{MasterKeys, RingKeyVault};
use udam_domain::listing::{KeyId, SealedKey};
use udam_domain::{KeyOwner, SealedKeyStore, StoreError};

/// A stored key that no configured master key opens.
#[derive(Debug, Error)]
pub enum MasterKeysError {
    /// These master keys are not configured.
    #[error(
        "stored keys are sealed under {}, which {} not among the master keys; put {} back into \
         UDAM_MASTER_KEYS",
        names(.0),
        if .0.len() == 1 { "is" } else { "are" },
        if .0.len() == 1 { "it" } else { "them" }
    )]
    Missing(Vec<KeyId>),
    /// This master key has the id of the right one, but different bytes.
    #[error(
        "the master key {0} at hand is not the one that stored keys were sealed under; put the \
         right one back into UDAM_MASTER_KEYS"
    )]
    Another(KeyId),
    /// The store failed.
    #[error("checking the master keys failed")]
    Unavailable(#[from] StoreError),
}

fn names(ids: &[KeyId]) -> String {
    ids.iter().map(KeyId::as_str).collect::<Vec<_>>().join(", ")
}

/// A vault for serving, which opens everything that is stored. Checked before serving, so that errors are not first
/// seen by buyers.
///
/// # Errors
/// [`MasterKeysError`]
pub async fn vault_for_serving(
    store: &dyn SealedKeyStore,
    keys: MasterKeys,
) -> Result<RingKeyVault, MasterKeysError> {
    vault(store, keys, |_| true).await
}

/// A vault for moving keys under the active one, which must open. Keys under the others that do not open are
/// found while they are moved.
///
/// # Errors
/// [`MasterKeysError`]
pub async fn vault_for_rotation(
    store: &dyn SealedKeyStore,
    keys: MasterKeys,
) -> Result<RingKeyVault, MasterKeysError> {
    let active = keys.active().clone();
    vault(store, keys, |id| *id == active).await
}

async fn vault(
    store: &dyn SealedKeyStore,
    keys: MasterKeys,
    must_open: impl Fn(&KeyId) -> bool,
) -> Result<RingKeyVault, MasterKeysError> {
    let samples = store.samples().await?;
    let missing = keys.missing(samples.iter().map(|(_, sealed)| &sealed.key_id));
    if !missing.is_empty() {
        return Err(MasterKeysError::Missing(missing));
    }
    let vault = RingKeyVault::new(keys);
    for (owner, sealed) in samples {
        if must_open(&sealed.key_id) && !opens(&vault, owner, &sealed) {
            return Err(MasterKeysError::Another(sealed.key_id));
        }
    }
    Ok(vault)
}

fn opens(vault: &RingKeyVault, owner: KeyOwner, sealed: &SealedKey) -> bool {
    match owner {
        KeyOwner::Listing(listing) => vault.open(listing, sealed).is_ok(),
        KeyOwner::Token(token) => vault.open_access_key(token, sealed).is_ok(),
        KeyOwner::SecondFactor(factor) => vault.open_factor(factor, sealed).is_ok(),
    }
}
