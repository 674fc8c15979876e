//! One owner at a time.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::error::ClusterError;

/// An exclusive lock on a directory itself, which also keeps systemd-tmpfiles from tidying it while
/// it is in use.
#[derive(Debug)]
pub(crate) struct DirectoryLock(File);

impl DirectoryLock {
    /// Does not wait; an error speaks of the directory that was asked for.
    pub(crate) fn take(directory: &Path, asked: &Path) -> Result<Self, ClusterError> {
        let opened = File::open(directory).map_err(ClusterError::files("open", directory))?;
        match opened.try_lock() {
            Ok(()) => Ok(Self(opened)),
            Err(TryLockError::WouldBlock) => Err(ClusterError::InUse {
                directory: asked.to_owned(),
            }),
            Err(TryLockError::Error(error)) => Err(ClusterError::files("lock", directory)(error)),
        }
    }
}

impl Drop for DirectoryLock {
    /// Closing alone would leave the lock, for a moment, to a child that another thread is just
    /// about to start.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}
