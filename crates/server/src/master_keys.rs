//! Whether the master keys at hand open everything that is stored.

use thiserror::Error;
use udam_crypto::{MasterKeys, RingKeyVault};
use udam_domain::listing::KeyId;
use udam_domain::{SealedKeyStore, StoreError};

/// Something is stored that no master key at hand opens.
#[derive(Debug, Error)]
pub enum MasterKeysError {
    /// These keys are not at hand.
    #[error(
        "sellers' keys are sealed under {}, which {} not among the master keys; put {} back into \
         UDAM_MASTER_KEYS",
        names(.0),
        if .0.len() == 1 { "is" } else { "are" },
        if .0.len() == 1 { "it" } else { "them" }
    )]
    Missing(Vec<KeyId>),
    /// This one has the name of the right key, and is another.
    #[error(
        "the master key {0} at hand is not the one that sellers' keys were sealed under; put the \
         right one back into UDAM_MASTER_KEYS"
    )]
    Another(KeyId),
    /// The store could not be asked.
    #[error("checking the master keys failed")]
    Unavailable(#[from] StoreError),
}

fn names(ids: &[KeyId]) -> String {
    ids.iter().map(KeyId::as_str).collect::<Vec<_>>().join(", ")
}

/// A vault for serving, which opens what is stored. Checked before anything is served: otherwise it
/// would be buyers who find out.
///
/// # Errors
/// [`MasterKeysError`]
pub async fn vault_for_serving(
    store: &dyn SealedKeyStore,
    keys: MasterKeys,
) -> Result<RingKeyVault, MasterKeysError> {
    vault(store, keys, |_| true).await
}

/// A vault for moving keys under the active one, which is what all servers have to open then. What
/// others of the keys do not open is found one by one on the way.
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
    for (listing, sealed) in samples {
        if must_open(&sealed.key_id) && vault.open(listing, &sealed).is_err() {
            return Err(MasterKeysError::Another(sealed.key_id));
        }
    }
    Ok(vault)
}
