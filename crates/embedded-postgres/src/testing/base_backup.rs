//! Backups of a cluster, from which another one is made.

use std::fs;

use super::standby::{Copied, Standby, StandbyError};
use crate::cluster::Cluster;
use crate::error::ClusterError;
use crate::layout;

/// The files of a running cluster, as `pg_basebackup` has copied them; removed when this is dropped.
#[derive(Debug)]
pub struct BaseBackup(Copied);

impl BaseBackup {
    /// Copies a cluster. Blocks for about a second.
    ///
    /// # Errors
    /// [`StandbyError`]
    pub fn take(cluster: &Cluster) -> Result<Self, StandbyError> {
        Copied::of(cluster, "backup", &[]).map(Self)
    }

    /// Starts a cluster from the copy, which first recovers as these parameters say, such as `restore_command` and
    /// `recovery_target_name`. It has the users and passwords of the one that was copied. Returns once it can be read,
    /// which may be before recovery has ended.
    ///
    /// # Errors
    /// [`StandbyError`]
    pub fn recover(self, parameters: &[(&str, &str)]) -> Result<Standby, StandbyError> {
        let Self(copied) = self;
        let signal = layout::pgdata(copied.directory.path()).join("recovery.signal");
        fs::write(&signal, "")
            .and_then(|()| copied.user.chown(&signal))
            .map_err(ClusterError::files("write", &signal))?;
        copied.serve(parameters)
    }
}
