//! An exclusive lock on a directory.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::error::ClusterError;

/// An exclusive lock on a directory. It also keeps systemd-tmpfiles from deleting the directory while
/// it is in use.
#[derive(Debug)]
pub(crate) struct DirectoryLock(File);

impl DirectoryLock {
    /// Locks the directory, without waiting.
    ///
    /// # Errors
    /// [`ClusterError::InUse`] names `requested`, the directory that the caller knows.
    pub(crate) fn acquire(directory: &Path, requested: &Path) -> Result<Self, ClusterError> {
        let opened = File::open(directory).map_err(ClusterError::files("open", directory))?;
        match opened.try_lock() {
            Ok(()) => Ok(Self(opened)),
            Err(TryLockError::WouldBlock) => Err(ClusterError::InUse {
                directory: requested.to_owned(),
            }),
            Err(TryLockError::Error(error)) => Err(ClusterError::files("lock", directory)(error)),
        }
    }
}

impl Drop for DirectoryLock {
    /// Unlocks explicitly. Closing would not unlock while a child that another thread is starting
    /// still holds a copy of the file descriptor.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}
