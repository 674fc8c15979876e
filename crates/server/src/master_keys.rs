//! Whether the master keys at hand open everything that is stored.

use thiserror::Error;
use udam_crypto::MasterKeys;
use udam_domain::listing::KeyId;
use udam_domain::{SealedKeyStore, StoreError};

/// Something is stored that no master key at hand opens.
#[derive(Debug, Error)]
pub enum MissingMasterKeys {
    /// These keys are not at hand.
    #[error(
        "sellers' keys are sealed under {}, which {} not among the master keys; put {} back into \
         UDAM_MASTER_KEYS",
        names(.0),
        if .0.len() == 1 { "is" } else { "are" },
        if .0.len() == 1 { "it" } else { "them" }
    )]
    Missing(Vec<KeyId>),
    /// The store could not be asked.
    #[error("checking the master keys failed")]
    Unavailable(#[from] StoreError),
}

fn names(ids: &[KeyId]) -> String {
    ids.iter().map(KeyId::as_str).collect::<Vec<_>>().join(", ")
}

/// Checks before anything is served: otherwise it would be buyers who find out.
///
/// # Errors
/// [`MissingMasterKeys`]
pub async fn check_master_keys(
    store: &dyn SealedKeyStore,
    keys: &MasterKeys,
) -> Result<(), MissingMasterKeys> {
    let missing = keys.missing(&store.key_ids().await?);
    if missing.is_empty() {
        Ok(())
    } else {
        Err(MissingMasterKeys::Missing(missing))
    }
}

#[cfg(test)]
mod tests {
    use udam_crypto::MasterKey;
    use udam_domain::MockSealedKeyStore;

    use super::*;

    async fn check(stored: &[&str]) -> Result<(), MissingMasterKeys> {
        let stored: Vec<KeyId> = stored.iter().map(|id| id.parse().unwrap()).collect();
        let mut store = MockSealedKeyStore::new();
        store.expect_key_ids().return_once(|| Ok(stored));
        let keys = MasterKey::generate("new".parse().unwrap()).into();
        check_master_keys(&store, &keys).await
    }

    #[tokio::test]
    async fn keys_that_open_everything_pass() {
        assert!(check(&[]).await.is_ok());
        assert!(check(&["new"]).await.is_ok());
    }

    #[tokio::test]
    async fn a_key_that_stored_data_needs_is_named() {
        let error = check(&["new", "old"]).await.unwrap_err().to_string();
        assert_eq!(
            error,
            "sellers' keys are sealed under old, which is not among the master keys; put it back \
             into UDAM_MASTER_KEYS"
        );
        let error = check(&["a", "b"]).await.unwrap_err().to_string();
        assert!(error.contains("under a, b, which are not among the master keys; put them back"));
    }
}
