//! A limit on how many calls of one kind hold connections at once, so that one kind alone never takes the
//! whole pool from the others.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use udam_domain::StoreError;

/// Longest wait for a permit, equal to that for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// A number of permits. A clone shares them.
#[derive(Debug, Clone)]
pub(crate) struct ConcurrencyLimit(Arc<Semaphore>);

impl ConcurrencyLimit {
    /// A limit of `permits` calls at once.
    pub(crate) fn new(permits: usize) -> Self {
        Self(Arc::new(Semaphore::new(permits)))
    }

    /// Waits for a permit, which is returned when it is dropped.
    ///
    /// # Errors
    /// [`StoreError::Overloaded`] when none is free within [`ACQUIRE_TIMEOUT`].
    pub(crate) async fn acquire(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        match timeout(ACQUIRE_TIMEOUT, Arc::clone(&self.0).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(StoreError::Overloaded),
        }
    }
}
