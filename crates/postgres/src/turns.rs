//! Turns: how many of one kind of work may hold connections at once, so that one kind alone never takes
//! all of them from the others.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use udam_domain::StoreError;

/// How long work waits for its turn: as long as callers wait for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// A number of turns. A clone hands out the same ones.
#[derive(Debug, Clone)]
pub(crate) struct Turns(Arc<Semaphore>);

impl Turns {
    pub(crate) fn new(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_once)))
    }

    /// Waits for a turn, which ends when the answer is dropped.
    pub(crate) async fn wait(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        match timeout(PATIENCE, Arc::clone(&self.0).acquire_owned()).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => Err(StoreError::Overloaded),
        }
    }
}
