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

#[cfg(test)]
mod tests {
    use udam_crypto::MasterKey;
    use udam_domain::MockSealedKeyStore;
    use udam_domain::id::ListingId;
    use udam_domain::listing::{ApiKey, SealedKey};
    use uuid::Uuid;

    use super::*;

    fn key(id: &str) -> MasterKey {
        MasterKey::generate(id.parse().unwrap())
    }

    fn ring(keys: &[&MasterKey]) -> MasterKeys {
        let texts = keys.iter().map(|key| key.to_text().expose().to_owned());
        texts.collect::<Vec<_>>().join(",").parse().unwrap()
    }

    /// A store with something sealed under each of these keys.
    fn sealed_under(keys: &[&MasterKey]) -> MockSealedKeyStore {
        let listing = ListingId::from_uuid(Uuid::from_u128(1));
        let samples: Vec<(ListingId, SealedKey)> = keys
            .iter()
            .map(|key| {
                let vault = RingKeyVault::new(ring(&[*key]));
                let api_key = ApiKey::new("sk_1".to_owned()).unwrap();
                (listing, vault.seal(listing, &api_key).unwrap())
            })
            .collect();
        let mut store = MockSealedKeyStore::new();
        store
            .expect_samples()
            .returning(move || Ok(samples.clone()));
        store
    }

    #[tokio::test]
    async fn keys_that_open_everything_pass() {
        let (new, old) = (key("new"), key("old"));
        for stored in [&[][..], &[&new], &[&new, &old]] {
            let store = sealed_under(stored);
            let keys = || ring(&[&new, &old]);
            assert!(vault_for_serving(&store, keys()).await.is_ok());
            assert!(vault_for_rotation(&store, keys()).await.is_ok());
        }
    }

    #[tokio::test]
    async fn a_key_that_stored_data_needs_is_named() {
        let (new, old) = (key("new"), key("old"));
        let store = sealed_under(&[&new, &old]);
        let missing = "sellers' keys are sealed under old, which is not among the master keys; put \
                       it back into UDAM_MASTER_KEYS";
        let serving = vault_for_serving(&store, ring(&[&new])).await;
        assert_eq!(serving.unwrap_err().to_string(), missing);
        let rotation = vault_for_rotation(&store, ring(&[&new])).await;
        assert_eq!(rotation.unwrap_err().to_string(), missing);
        let both = vault_for_serving(&store, ring(&[&key("other")])).await;
        let both = both.unwrap_err().to_string();
        assert!(
            both.contains("under new, old, which are not among the master keys; put them back")
        );
    }

    #[tokio::test]
    async fn a_key_under_the_name_of_another_is_no_substitute() {
        let (new, old) = (key("new"), key("old"));
        let store = sealed_under(&[&new, &old]);
        for (wrong, keys) in [("new", [&key("new"), &old]), ("old", [&new, &key("old")])] {
            let serving = vault_for_serving(&store, ring(&keys)).await;
            assert_eq!(
                serving.unwrap_err().to_string(),
                format!(
                    "the master key {wrong} at hand is not the one that sellers' keys were sealed \
                     under; put the right one back into UDAM_MASTER_KEYS"
                )
            );
            let rotation = vault_for_rotation(&store, ring(&keys)).await;
            assert_eq!(rotation.is_err(), wrong == "new");
        }
    }
}
