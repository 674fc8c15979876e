//! Finding the PostgreSQL programs that this machine has.

mod install_advice;
mod places;
mod search;
mod version;

use std::path::{Path, PathBuf};

pub use version::Version;

use crate::account::Account;
use crate::error::ClusterError;

/// The oldest major version that the marketplace's SQL runs on.
pub(crate) const OLDEST_MAJOR: u32 = 14;

/// A directory with PostgreSQL's programs, of a version that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    directory: PathBuf,
    version: Version,
}

impl Binaries {
    /// Takes those in `explicit`, or else the newest on `PATH`, or else the newest in a well-known
    /// place. A cluster finds its own; this is for whoever needs a program beside it, such as
    /// `pg_dump`.
    ///
    /// # Errors
    /// [`ClusterError::UnusableBinaries`] and [`ClusterError::TooOld`] speak of `explicit`;
    /// [`ClusterError::NoBinaries`] names the command that installs PostgreSQL. For root also
    /// [`ClusterError::NoAccount`]: an unprivileged account must be able to run the programs.
    pub fn find(explicit: Option<&Path>) -> Result<Self, ClusterError> {
        search::best(search::candidates(explicit, &Account::choose()?)?)
    }

    /// All that can be used, the preferred one first.
    pub(crate) fn candidates(
        explicit: Option<&Path>,
        account: &Account,
    ) -> Result<Vec<Self>, ClusterError> {
        search::candidates(explicit, account)
    }

    /// The best of the candidates, or the one that can open the files in `cluster`: only the major
    /// version that wrote them can.
    pub(crate) fn choose(
        found: Vec<Self>,
        cluster: &Path,
        written_by: Option<u32>,
    ) -> Result<Self, ClusterError> {
        let Some(written_by) = written_by.filter(|_| !found.is_empty()) else {
            return search::best(found);
        };
        let directory = cluster.to_owned();
        let mut fitting = found
            .into_iter()
            .filter(|binaries| binaries.version.major() == written_by);
        fitting.next().ok_or(ClusterError::OtherVersion {
            directory,
            written_by,
        })
    }

    /// Where the programs are.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What `postgres --version` said.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}
