//! `udam keys rotate`.

use std::sync::Arc;

use thiserror::Error;
use udam_crypto::{MasterKeys, RingKeyVault, SystemClock};
use udam_domain::SealedKeyStore;
use udam_domain::listing::KeyId;
use udam_domain::marketplace::{KeyRotation, KeyRotationPorts, RotateKeysError};
use udam_postgres::{ConnectError, PgPool, PgSealedKeyStore, PoolSettings};

use crate::master_keys::{MasterKeysError, vault_for_rotation};
use crate::terminal::Terminal;

/// Outcome of a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// All keys were moved.
    Complete,
    /// Some keys could not be opened, and were not moved.
    Incomplete,
}

/// Error of a rotation. Keys that were moved stay moved: the same command continues from there.
#[derive(Debug, Error)]
pub enum RotationError {
    /// The pool could not be made.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The master keys do not open what is stored.
    #[error(transparent)]
    MasterKeys(#[from] MasterKeysError),
    /// A batch failed.
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
) -> Result<Rotation, RotationError> {
    let keys = PgSealedKeyStore::new(PgPool::connect(database)?);
    let active = master_keys.active().clone();
    let vault = vault_for_rotation(&keys, master_keys).await?;
    move_all(Arc::new(keys), Arc::new(vault), &active, terminal).await
}

/// Moves every key of a store under `active`, and prints the progress.
///
/// # Errors
/// [`RotationError`]
pub async fn move_all(
    keys: Arc<dyn SealedKeyStore>,
    vault: Arc<RingKeyVault>,
    active: &KeyId,
    terminal: &mut Terminal<'_>,
) -> Result<Rotation, RotationError> {
    let rotation = KeyRotation::new(KeyRotationPorts {
        keys: Arc::clone(&keys),
        vault: Arc::<RingKeyVault>::clone(&vault),
        access_keys: Arc::<RingKeyVault>::clone(&vault),
        factors: vault,
        clock: Arc::new(SystemClock),
    });
    let (mut moved, mut stayed, mut after) = (0_u64, 0_usize, None);
    loop {
        let batch = rotation.rotate(active, after).await?;
        moved = moved.saturating_add(batch.moved.into());
        stayed = stayed.saturating_add(batch.unopenable.len());
        for owner in batch.unopenable {
            terminal.eprint(format_args!("The key of {owner} does not open, and stays."));
        }
        if batch.next.is_none() {
            break;
        }
        after = batch.next;
        terminal.eprint(format_args!("{moved} moved under {active} so far"));
    }
    terminal.eprint(format_args!("Done: {moved} moved under {active}."));
    if stayed > 0 {
        terminal.eprint(format_args!(
            "Not moved: {stayed}. Put the master key that was used for them back into \
             UDAM_MASTER_KEYS and run this again, or have sellers put the keys of listings in again, and remove \
             second factors with `udam accounts remove-factor`."
        ));
        return Ok(Rotation::Incomplete);
    }
    let samples = keys.samples().await.map_err(RotateKeysError::from)?;
    let in_use: Vec<KeyId> = samples
        .into_iter()
        .map(|(_, sealed)| sealed.key_id)
        .collect();
    conclude(active, &in_use, terminal);
    Ok(Rotation::Complete)
}

fn conclude(active: &KeyId, in_use: &[KeyId], terminal: &mut Terminal<'_>) {
    let others: Vec<&str> = in_use
        .iter()
        .filter(|id| *id != active)
        .map(KeyId::as_str)
        .collect();
    if others.is_empty() {
        terminal.eprint(format_args!(
            "Nothing is sealed under another key: the others can go from UDAM_MASTER_KEYS, if \
             {active} is first in every server's."
        ));
    } else {
        // A server that still has another key first seals under that one.
        terminal.eprint(format_args!(
            "Something has been sealed under {} meanwhile: once {active} is in every server's \
             UDAM_MASTER_KEYS, put it first there, restart them, and run this again.",
            others.join(", ")
        ));
    }
}
