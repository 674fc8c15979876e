use std::path::{Path, PathBuf};

use crate::version::Version;

/// A directory with PostgreSQL's programs, of a supported version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    directory: PathBuf,
    version: Version,
}

impl Binaries {
    pub(super) fn new(directory: PathBuf, version: Version) -> Self {
        Self { directory, version }
    }

    /// Returns the directory that holds the programs.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Returns the version that `postgres --version` reported.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}
