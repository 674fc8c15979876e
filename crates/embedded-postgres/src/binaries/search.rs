//! The search for PostgreSQL's programs, and which of several installations is preferred.

use std::cmp::Reverse;
use std::path::{self, Path, PathBuf};

use super::installation::Binaries;
use super::{install_advice, locations};
use crate::environment;
use crate::error::ClusterError;
use crate::os_user::OsUser;
use crate::version::{OLDEST_MAJOR, Version};

/// Programs that a directory must hold to be an installation.
const PROGRAMS: [&str; 3] = ["postgres", "initdb", "pg_ctl"];

impl Binaries {
    /// Returns the installation in `explicit`, or else the newest on `PATH`, or else the newest in a
    /// well-known directory. A cluster does this itself; call it for other programs of the
    /// installation, such as `pg_dump`.
    ///
    /// # Errors
    /// [`ClusterError::UnusableBinaries`] and [`ClusterError::TooOld`] if `explicit` is not usable;
    /// [`ClusterError::NoBinaries`] names the command that installs PostgreSQL. For root also
    /// [`ClusterError::NoUnprivilegedUser`]: an unprivileged user must be able to run the programs.
    pub fn find(explicit: Option<&Path>) -> Result<Self, ClusterError> {
        preferred(Self::candidates(explicit, &OsUser::unprivileged()?)?)
    }

    /// Returns all usable installations, the preferred one first; only `explicit` if it is given.
    pub(crate) fn candidates(
        explicit: Option<&Path>,
        user: &OsUser,
    ) -> Result<Vec<Self>, ClusterError> {
        let probe = |directory: &Path| probe(directory, user);
        if let Some(directory) = explicit {
            return Ok(vec![from_explicit(directory, probe)?]);
        }
        let on_path = locations::on_path(environment::search_path().as_deref());
        Ok(by_preference(
            [on_path, locations::well_known(Path::new("/"))],
            probe,
        ))
    }

    /// Returns the preferred candidate, or the one that can open the files in `cluster`: only the
    /// major version that wrote them can.
    pub(crate) fn select(
        candidates: Vec<Self>,
        cluster: &Path,
        written_by: Option<u32>,
    ) -> Result<Self, ClusterError> {
        let Some(written_by) = written_by.filter(|_| !candidates.is_empty()) else {
            return preferred(candidates);
        };
        let directory = cluster.to_owned();
        let mut matching = candidates
            .into_iter()
            .filter(|binaries| binaries.version().major() == written_by);
        matching.next().ok_or(ClusterError::OtherVersion {
            directory,
            written_by,
        })
    }
}

fn from_explicit(
    directory: &Path,
    probe: impl Fn(&Path) -> Option<Version>,
) -> Result<Binaries, ClusterError> {
    let unusable = || ClusterError::UnusableBinaries {
        directory: directory.to_owned(),
    };
    // Child processes have another working directory.
    let directory = path::absolute(directory).ok().ok_or_else(unusable)?;
    match probe(&directory).ok_or_else(unusable)? {
        version if version.major() < OLDEST_MAJOR => Err(ClusterError::TooOld {
            directory,
            found: version,
        }),
        version => Ok(Binaries::new(directory, version)),
    }
}

/// Sorts each group by version, the newest first, and concatenates the groups.
fn by_preference(
    groups: [Vec<PathBuf>; 2],
    probe: impl Fn(&Path) -> Option<Version>,
) -> Vec<Binaries> {
    let usable = |directory: PathBuf| {
        let version = probe(&directory).filter(|version| version.major() >= OLDEST_MAJOR)?;
        Some(Binaries::new(directory, version))
    };
    let sorted = |group: Vec<PathBuf>| {
        let mut found: Vec<_> = group.into_iter().filter_map(usable).collect();
        found.sort_by_key(|binaries| Reverse(binaries.version()));
        found
    };
    groups.into_iter().flat_map(sorted).collect()
}

/// Returns the version of the programs in a directory. They run as the user that will run the
/// cluster, because root can read more than that user.
fn probe(directory: &Path, user: &OsUser) -> Option<Version> {
    if !PROGRAMS
        .iter()
        .all(|program| directory.join(program).is_file())
    {
        return None;
    }
    let output = user
        .command(directory.join("postgres"))
        .arg("--version")
        .output()
        .ok()?;
    Version::parse(&String::from_utf8_lossy(&output.stdout))
}

/// Returns the first candidate, or an error that says how to install PostgreSQL.
fn preferred(candidates: Vec<Binaries>) -> Result<Binaries, ClusterError> {
    candidates
        .into_iter()
        .next()
        .ok_or_else(|| ClusterError::NoBinaries {
            advice: install_advice::for_this_machine(),
        })
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Version, by_preference, from_explicit, preferred};
    use crate::error::ClusterError;

    /// A probe that takes the directory's name for its version.
    fn by_name(directory: &Path) -> Option<Version> {
        let name = directory.file_name()?.to_str()?;
        Version::parse(&format!("postgres (PostgreSQL) {name}"))
    }

    fn directories(names: &[&str]) -> Vec<PathBuf> {
        names.iter().map(PathBuf::from).collect()
    }

    #[test]
    fn the_newest_on_the_path_is_preferred_to_a_newer_one_elsewhere() {
        let found = by_preference(
            [
                directories(&["/a/14.2", "/b/16.1"]),
                directories(&["/c/17.0"]),
            ],
            by_name,
        );
        let order: Vec<_> = found
            .iter()
            .map(|binaries| binaries.directory().to_owned())
            .collect();
        assert_eq!(order, directories(&["/b/16.1", "/a/14.2", "/c/17.0"]));
    }

    #[test]
    fn old_and_broken_installations_are_skipped() {
        let found = by_preference(
            [directories(&["/a/13.9", "/a/nonsense"]), Vec::new()],
            by_name,
        );
        assert_eq!(found, []);
    }

    #[test]
    fn an_empty_search_says_how_to_install_postgresql() {
        let message = preferred(Vec::new()).unwrap_err().to_string();
        assert!(
            message.starts_with("no PostgreSQL 14 or newer was found; install it with"),
            "{message}"
        );
    }

    #[test]
    fn an_explicit_directory_must_hold_a_supported_version() {
        let error = from_explicit(Path::new("/a/9.6"), by_name).unwrap_err();
        assert!(matches!(error, ClusterError::TooOld { .. }), "{error}");
    }

    #[test]
    fn an_explicit_directory_without_the_programs_is_rejected() {
        let error = from_explicit(Path::new("/a/empty"), by_name).unwrap_err();
        assert!(
            matches!(error, ClusterError::UnusableBinaries { .. }),
            "{error}"
        );
    }
}
