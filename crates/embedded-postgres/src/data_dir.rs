//! The directory that a cluster is kept in.
//!
//! It holds `data` (PostgreSQL's own files), `password`, `postgres.log` and `initdb.log`. All of it
//! belongs to the user that the server runs as, and no other user may enter it.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::directory_lock::DirectoryLock;
use crate::error::ClusterError;
use crate::layout::{self, PASSWORD, PRIVATE_MODE, RELOCATION_MARKER};
use crate::os_user::OsUser;
use crate::relocation;

/// Whether a cluster's files outlive their owner, and with that whether writes are durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Persistence {
    /// Until someone deletes them. Writes are durable.
    Persistent,
    /// Until their owner ends. Writes are fast and not durable.
    Temporary,
}

/// A cluster's locked directory, which has `PGDATA`, the password file and the logs in it.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    persistence: Persistence,
    /// Locks on the requested directory and, if the cluster was relocated, on the one in use: copies
    /// of the former may have markers that name the same latter.
    _locks: Vec<DirectoryLock>,
}

impl DataDir {
    /// Creates the directory if it is missing, and locks it until the value is dropped.
    pub(crate) fn open(
        requested: &Path,
        user: &OsUser,
        persistence: Persistence,
    ) -> Result<Self, ClusterError> {
        let requested = create(requested).map_err(ClusterError::files("create", requested))?;
        if holds_other_files(&requested).map_err(ClusterError::files("read", &requested))? {
            return Err(ClusterError::NotACluster {
                directory: requested,
            });
        }
        let mut locks = vec![DirectoryLock::acquire(&requested, &requested)?];
        let path = relocation::resolve(&requested, user)?;
        if path != requested {
            locks.push(DirectoryLock::acquire(&path, &requested)?);
        }
        fs::set_permissions(&path, Permissions::from_mode(PRIVATE_MODE))
            .and_then(|()| user.chown(&path))
            .map_err(ClusterError::files("set owner and mode of", &path))?;
        Ok(Self {
            path,
            persistence,
            _locks: locks,
        })
    }

    /// The directory in use, which is not the requested one if the cluster was relocated.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn persistence(&self) -> Persistence {
        self.persistence
    }

    pub(crate) fn pgdata(&self) -> PathBuf {
        layout::pgdata(&self.path)
    }

    pub(crate) fn password_file(&self) -> PathBuf {
        self.path.join(PASSWORD)
    }

    pub(crate) fn log_file(&self, program: &str) -> PathBuf {
        self.path.join(program).with_extension("log")
    }

    /// Major version of PostgreSQL that wrote the files; `None` before `initdb` has run.
    pub(crate) fn major_version(&self) -> Option<u32> {
        fs::read_to_string(self.pgdata().join("PG_VERSION"))
            .ok()?
            .trim()
            .parse()
            .ok()
    }

    /// The file with the server's process id. A killed server leaves it behind.
    pub(crate) fn pid_file(&self) -> PathBuf {
        self.pgdata().join("postmaster.pid")
    }

    pub(crate) fn server_pid(&self) -> Option<u32> {
        let text = fs::read_to_string(self.pid_file()).ok()?;
        text.lines().next()?.trim().parse().ok()
    }
}

/// Creates a private directory if it is missing. Its parents get the default mode.
fn create(directory: &Path) -> io::Result<PathBuf> {
    if let Some(parent) = directory.parent() {
        fs::create_dir_all(parent)?;
    }
    match DirBuilder::new().mode(PRIVATE_MODE).create(directory) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => fs::canonicalize(directory),
    }
}

/// Returns whether the directory is used for something other than a cluster. Its owner and mode must
/// not be changed then.
///
/// The password is the first file that a cluster writes, under a longer name until it is complete.
fn holds_other_files(directory: &Path) -> io::Result<bool> {
    let is_ours =
        |name: &OsStr| name.to_string_lossy().starts_with(PASSWORD) || name == RELOCATION_MARKER;
    let names = fs::read_dir(directory)?
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<io::Result<Vec<_>>>()?;
    Ok(!names.is_empty() && !names.iter().any(|name| is_ours(name)))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::{DataDir, Persistence};
    use crate::error::ClusterError;
    use crate::os_user::OsUser;

    fn open(directory: &Path) -> Result<DataDir, ClusterError> {
        DataDir::open(directory, &OsUser::Current, Persistence::Persistent)
    }

    #[test]
    fn a_new_data_directory_is_private_and_its_parents_are_not() {
        let root = tempfile::tempdir().unwrap();
        let data_dir = open(&root.path().join("above/cluster")).unwrap();
        let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(data_dir.path()), 0o700);
        assert_ne!(mode(&root.path().join("above")), 0o700);
    }

    #[test]
    fn a_data_directory_has_one_owner_at_a_time() {
        let root = tempfile::tempdir().unwrap();
        let requested = root.path().join("cluster");
        let first = open(&requested).unwrap();
        let error = open(&requested).unwrap_err();
        let expected = format!(
            "another udam is using {}; stop it or pass --data-dir",
            first.path().display()
        );
        assert_eq!(error.to_string(), expected);
        drop(first);
        open(&requested).unwrap();
    }

    #[test]
    fn a_directory_that_holds_other_files_is_rejected() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("thesis.tex"), "").unwrap();
        let error = open(root.path()).unwrap_err();
        assert!(matches!(error, ClusterError::NotACluster { .. }), "{error}");
    }

    #[test]
    fn a_data_directory_whose_password_was_not_completed_is_accepted() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("password.x4Tz"), "").unwrap();
        open(root.path()).unwrap();
    }
}
