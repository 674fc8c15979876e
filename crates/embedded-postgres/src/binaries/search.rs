//! The search itself, and which of several wins.

use std::cmp::Reverse;
use std::path::{self, Path, PathBuf};

use super::{Binaries, OLDEST_MAJOR, Version, install_advice, places};
use crate::account::Account;
use crate::environment;
use crate::error::ClusterError;

/// The programs that a directory must hold to count.
const PROGRAMS: [&str; 3] = ["postgres", "initdb", "pg_ctl"];

/// All that can be used, the preferred one first; the only one if it is named.
pub(super) fn candidates(
    explicit: Option<&Path>,
    account: &Account,
) -> Result<Vec<Binaries>, ClusterError> {
    let probe = |directory: &Path| probe(directory, account);
    if let Some(directory) = explicit {
        return Ok(vec![named(directory, probe)?]);
    }
    let on_path = places::on_path(environment::search_path().as_deref());
    Ok(in_order(
        [on_path, places::well_known(Path::new("/"))],
        probe,
    ))
}

fn named(
    directory: &Path,
    probe: impl Fn(&Path) -> Option<Version>,
) -> Result<Binaries, ClusterError> {
    let unusable = || ClusterError::UnusableBinaries {
        directory: directory.to_owned(),
    };
    // Children run from another working directory.
    let directory = path::absolute(directory).ok().ok_or_else(unusable)?;
    match probe(&directory).ok_or_else(unusable)? {
        version if version.major() < OLDEST_MAJOR => Err(ClusterError::TooOld {
            directory,
            found: version,
        }),
        version => Ok(Binaries { directory, version }),
    }
}

/// An earlier group outranks a later one; within a group the newest comes first.
fn in_order(groups: [Vec<PathBuf>; 2], probe: impl Fn(&Path) -> Option<Version>) -> Vec<Binaries> {
    let usable = |directory: PathBuf| {
        let version = probe(&directory).filter(|version| version.major() >= OLDEST_MAJOR)?;
        Some(Binaries { directory, version })
    };
    let sorted = |group: Vec<PathBuf>| {
        let mut found: Vec<_> = group.into_iter().filter_map(usable).collect();
        found.sort_by_key(|binaries| Reverse(binaries.version));
        found
    };
    groups.into_iter().flat_map(sorted).collect()
}

/// The version found there, asked for as the account that will run it: root alone could read more
/// than that account.
fn probe(directory: &Path, account: &Account) -> Option<Version> {
    if !PROGRAMS
        .iter()
        .all(|program| directory.join(program).is_file())
    {
        return None;
    }
    let said = account
        .command(directory.join("postgres"))
        .arg("--version")
        .output()
        .ok()?;
    Version::parse(&String::from_utf8_lossy(&said.stdout))
}

/// The first, or else advice.
pub(super) fn best(found: Vec<Binaries>) -> Result<Binaries, ClusterError> {
    found
        .into_iter()
        .next()
        .ok_or_else(|| ClusterError::NoBinaries {
            advice: install_advice::for_this_machine(),
        })
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Version, best, in_order, named};
    use crate::error::ClusterError;

    /// Stands in for asking: the directory's name is its version.
    fn by_name(directory: &Path) -> Option<Version> {
        let name = directory.file_name()?.to_str()?;
        Version::parse(&format!("postgres (PostgreSQL) {name}"))
    }

    fn directories(names: &[&str]) -> Vec<PathBuf> {
        names.iter().map(PathBuf::from).collect()
    }

    #[test]
    fn the_newest_on_the_path_outranks_a_newer_one_elsewhere() {
        let found = in_order(
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
    fn old_and_broken_installations_are_passed_over() {
        let found = in_order(
            [directories(&["/a/13.9", "/a/nonsense"]), Vec::new()],
            by_name,
        );
        assert_eq!(found, []);
    }

    #[test]
    fn nothing_found_is_answered_with_how_to_install_it() {
        let message = best(Vec::new()).unwrap_err().to_string();
        assert!(
            message.starts_with("no PostgreSQL 14 or newer was found; install it with"),
            "{message}"
        );
    }

    #[test]
    fn a_named_directory_must_hold_a_version_that_is_new_enough() {
        let error = named(Path::new("/a/9.6"), by_name).unwrap_err();
        assert!(matches!(error, ClusterError::TooOld { .. }), "{error}");
    }

    #[test]
    fn a_named_directory_without_the_programs_is_refused() {
        let error = named(Path::new("/a/empty"), by_name).unwrap_err();
        assert!(
            matches!(error, ClusterError::UnusableBinaries { .. }),
            "{error}"
        );
    }
}
