//! The directory that a cluster lives in.
//!
//! It holds `data` (PostgreSQL's own), `password`, `postgres.log` and `initdb.log`. All of it
//! belongs to the account that the server runs as, and nobody else may enter.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::account::Account;
use crate::directory_lock::DirectoryLock;
use crate::error::ClusterError;
use crate::relocation;

/// Nobody but the owner.
pub(crate) const PRIVATE: u32 = 0o700;

const PASSWORD: &str = "password";

/// How long the files are to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// Until somebody deletes them: they are written with care.
    Kept,
    /// As long as their owner: speed is all that counts, and they are removed afterwards.
    Temporary,
}

/// An open, locked directory.
#[derive(Debug)]
pub(crate) struct Home {
    path: PathBuf,
    lifetime: Lifetime,
    /// Of the directory that was asked for and, where they differ, of the one in use: two copies of
    /// the first may point to the same second.
    _locks: Vec<DirectoryLock>,
}

impl Home {
    /// Creates the directory if need be, and becomes its one owner until dropped.
    pub(crate) fn open(
        asked: &Path,
        account: &Account,
        lifetime: Lifetime,
    ) -> Result<Self, ClusterError> {
        let asked = create(asked).map_err(ClusterError::files("create", asked))?;
        if holds_other_things(&asked).map_err(ClusterError::files("read", &asked))? {
            return Err(ClusterError::Foreign { directory: asked });
        }
        let mut locks = vec![DirectoryLock::take(&asked, &asked)?];
        let path = relocation::settle(&asked, account)?;
        if path != asked {
            locks.push(DirectoryLock::take(&path, &asked)?);
        }
        fs::set_permissions(&path, Permissions::from_mode(PRIVATE))
            .and_then(|()| account.take(&path))
            .map_err(ClusterError::files("take", &path))?;
        Ok(Self {
            path,
            lifetime,
            _locks: locks,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn lifetime(&self) -> Lifetime {
        self.lifetime
    }

    pub(crate) fn data(&self) -> PathBuf {
        data(&self.path)
    }

    pub(crate) fn password(&self) -> PathBuf {
        self.path.join(PASSWORD)
    }

    pub(crate) fn log(&self, of: &str) -> PathBuf {
        self.path.join(of).with_extension("log")
    }

    /// The major version that wrote the data; none before `initdb`.
    pub(crate) fn written_by(&self) -> Option<u32> {
        fs::read_to_string(self.data().join("PG_VERSION"))
            .ok()?
            .trim()
            .parse()
            .ok()
    }

    /// Where the server keeps its process id while it runs; a killed one leaves it behind.
    pub(crate) fn process_id_file(&self) -> PathBuf {
        self.data().join("postmaster.pid")
    }

    pub(crate) fn server_process(&self) -> Option<u32> {
        let kept = fs::read_to_string(self.process_id_file()).ok()?;
        kept.lines().next()?.trim().parse().ok()
    }
}

/// PostgreSQL's own files in a home.
pub(crate) fn data(home: &Path) -> PathBuf {
    home.join("data")
}

/// Creates a private directory unless there is one; those above it get the usual mode.
fn create(directory: &Path) -> io::Result<PathBuf> {
    if let Some(parent) = directory.parent() {
        fs::create_dir_all(parent)?;
    }
    match DirBuilder::new().mode(PRIVATE).create(directory) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => fs::canonicalize(directory),
    }
}

/// Whether somebody uses the directory for something else: it would change its owner and mode.
///
/// The password is the first file that a cluster writes, under a longer name until it is complete.
fn holds_other_things(directory: &Path) -> io::Result<bool> {
    let is_ours =
        |name: &OsStr| name.to_string_lossy().starts_with(PASSWORD) || name == relocation::MARKER;
    let names = fs::read_dir(directory)?
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<io::Result<Vec<_>>>()?;
    Ok(!names.is_empty() && !names.iter().any(|name| is_ours(name)))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::{Home, Lifetime};
    use crate::account::Account;
    use crate::error::ClusterError;

    #[test]
    fn a_new_home_is_private_and_the_directories_above_it_are_not() {
        let root = tempfile::tempdir().unwrap();
        let asked = root.path().join("above/home");
        let home = Home::open(&asked, &Account::Own, Lifetime::Kept).unwrap();
        let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(home.path()), 0o700);
        assert_ne!(mode(&root.path().join("above")), 0o700);
    }

    #[test]
    fn a_home_has_one_owner_at_a_time() {
        let root = tempfile::tempdir().unwrap();
        let asked = root.path().join("home");
        let first = Home::open(&asked, &Account::Own, Lifetime::Kept).unwrap();
        let error = Home::open(&asked, &Account::Own, Lifetime::Kept).unwrap_err();
        let expected = format!(
            "another udam is using {}; stop it or pass --data-dir",
            first.path().display()
        );
        assert_eq!(error.to_string(), expected);
        drop(first);
        Home::open(&asked, &Account::Own, Lifetime::Kept).unwrap();
    }

    #[test]
    fn a_directory_that_holds_other_things_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("thesis.tex"), "").unwrap();
        let error = Home::open(root.path(), &Account::Own, Lifetime::Kept).unwrap_err();
        assert!(matches!(error, ClusterError::Foreign { .. }), "{error}");
    }

    #[test]
    fn a_home_that_was_left_before_its_password_was_complete_is_still_one() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("password.x4Tz"), "").unwrap();
        Home::open(root.path(), &Account::Own, Lifetime::Kept).unwrap();
    }
}
