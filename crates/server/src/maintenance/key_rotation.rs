//! `udam keys rotate`.

use std::sync::Arc;

use thiserror::Error;
use udam_crypto::{MasterKeys, RingKeyVault, SystemClock};
use udam_domain::SealedKeyStore;
use udam_domain::listing::KeyId;
use udam_domain::marketplace::{KeyRotation, RotateKeysError};
use udam_postgres::{ConnectError, PgPool, PgSealedKeyStore, PoolSettings};

use crate::master_keys::{MissingMasterKeys, check_master_keys};
use crate::terminal::Terminal;

/// Why not every key was moved. Those that were stay moved: the same command goes on from there.
#[derive(Debug, Error)]
pub enum RotationError {
    /// The settings lead to no database.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// There is something sealed that no key opens.
    #[error(transparent)]
    MissingKeys(#[from] MissingMasterKeys),
    /// A batch stopped.
    #[error(
        "moving keys stopped; what was moved stays moved, and the same command goes on from there"
    )]
    Stopped(#[from] RotateKeysError),
}

/// Moves every stored key under the first of the master keys.
///
/// # Errors
/// [`RotationError`]
pub async fn rotate(
    database: &PoolSettings,
    master_keys: MasterKeys,
    terminal: &mut Terminal<'_>,
) -> Result<(), RotationError> {
    let keys = PgSealedKeyStore::new(PgPool::connect(database)?);
    check_master_keys(&keys, &master_keys).await?;
    move_all(Arc::new(keys), master_keys, terminal).await
}

async fn move_all(
    keys: Arc<dyn SealedKeyStore>,
    master_keys: MasterKeys,
    terminal: &mut Terminal<'_>,
) -> Result<(), RotationError> {
    let active = master_keys.active().clone();
    let vault = Arc::new(RingKeyVault::new(master_keys));
    let rotation = KeyRotation {
        keys: Arc::clone(&keys),
        vault,
        clock: Arc::new(SystemClock),
    };
    let (mut moved, mut after) = (0_u64, None);
    loop {
        let batch = rotation.rotate(&active, after).await?;
        moved = moved.saturating_add(batch.moved.into());
        if batch.next.is_none() {
            break;
        }
        after = batch.next;
        terminal.remark(format_args!("{moved} moved under {active} so far"));
    }
    conclude(
        &active,
        moved,
        &keys.key_ids().await.map_err(RotateKeysError::from)?,
        terminal,
    );
    Ok(())
}

fn conclude(active: &KeyId, moved: u64, in_use: &[KeyId], terminal: &mut Terminal<'_>) {
    terminal.remark(format_args!("Done: {moved} moved under {active}."));
    let others: Vec<&str> = in_use
        .iter()
        .filter(|id| *id != active)
        .map(KeyId::as_str)
        .collect();
    if others.is_empty() {
        terminal.remark(
            "Nothing is sealed under another key: the others can go from UDAM_MASTER_KEYS.",
        );
    } else {
        // A server that still has another key first seals under that one.
        terminal.remark(format_args!(
            "Something has been sealed under {} meanwhile: put {active} first in every server's \
             UDAM_MASTER_KEYS, restart them, and run this again.",
            others.join(", ")
        ));
    }
}

#[cfg(test)]
mod tests;
