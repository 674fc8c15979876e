use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use thiserror::Error;
use udam_crypto::{MasterKey, MasterKeys, ParseMasterKeysError};
use udam_domain::listing::KeyId;
use udam_domain::secret::Secret;

/// Nobody but its owner may look around in it. Others may pass through to what is theirs: run by root,
/// the database belongs to an unprivileged user.
const PASS_THROUGH: u32 = 0o711;

const MASTER_KEYS: &str = "master.keys";
const CLUSTER: &str = "postgres";
const SANDBOX: &str = "stripe-sandbox.journal";
const UPSTREAM_PORT: &str = "demo-services.port";

/// The directory of `udam dev`, with the database cluster, the file of master keys and that of the stand-in for
/// Stripe. Opening creates it, and does not lock it.
#[derive(Debug)]
pub struct DataDirectory(PathBuf);

/// Why the data directory cannot be used.
#[derive(Debug, Error)]
pub enum DataDirectoryError {
    /// Something in it could not be read or written.
    #[error(
        "cannot {action} {}; check its owner and its mode, or pass another --data-dir",
        path.display()
    )]
    Files {
        /// The action that failed, as a verb.
        action: &'static str,
        /// Path of the file or directory.
        path: PathBuf,
        /// Error of the operating system.
        #[source]
        source: io::Error,
    },
    /// The file of master keys holds something else.
    #[error(
        "{} cannot be used; restore it, or delete the whole directory to start afresh",
        path.display()
    )]
    MasterKeys {
        /// Path of the file.
        path: PathBuf,
        /// Cause.
        #[source]
        source: ParseMasterKeysError,
    },
}

impl DataDirectory {
    /// Creates the directory unless it exists; parent directories get the usual mode.
    ///
    /// # Errors
    /// [`DataDirectoryError::Files`]
    pub fn open(path: &Path) -> Result<Self, DataDirectoryError> {
        create(path).map_err(|source| files("create", path, source))?;
        Ok(Self(path.to_owned()))
    }

    /// The directory itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Directory of the database cluster.
    #[must_use]
    pub fn cluster(&self) -> PathBuf {
        self.0.join(CLUSTER)
    }

    /// File of the stand-in for Stripe.
    #[must_use]
    pub fn sandbox(&self) -> PathBuf {
        self.0.join(SANDBOX)
    }

    /// File of the port of the demo services.
    #[must_use]
    pub fn upstream_port(&self) -> PathBuf {
        self.0.join(UPSTREAM_PORT)
    }

    /// The master keys kept here; the first time, generates one with this id.
    ///
    /// # Errors
    /// [`DataDirectoryError`]
    pub fn master_keys(&self, new_id: KeyId) -> Result<MasterKeys, DataDirectoryError> {
        let path = self.0.join(MASTER_KEYS);
        match fs::read_to_string(&path).map(Secret::new) {
            Ok(text) => text
                .expose()
                .parse()
                .map_err(|source| DataDirectoryError::MasterKeys { path, source }),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.make_master_key(&path, new_id)
            }
            Err(source) => Err(files("read", &path, source)),
        }
    }

    fn make_master_key(&self, path: &Path, id: KeyId) -> Result<MasterKeys, DataDirectoryError> {
        let key = MasterKey::generate(id);
        self.write_whole(path, &key.to_text())
            .map_err(|source| files("write", path, source))?;
        Ok(key.into())
    }

    /// Half a key would be worse than none: it is written under another name first, which only its
    /// owner may read, and takes its place when it is safe.
    fn write_whole(&self, path: &Path, text: &Secret) -> io::Result<()> {
        let mut file = NamedTempFile::with_prefix_in(MASTER_KEYS, &self.0)?;
        writeln!(file, "{}", text.expose())?;
        file.as_file().sync_all()?;
        file.persist_noclobber(path)?;
        fs::File::open(&self.0)?.sync_all()
    }
}

fn create(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    match DirBuilder::new().mode(PASS_THROUGH).create(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        made => made,
    }
}

fn files(action: &'static str, path: &Path, source: io::Error) -> DataDirectoryError {
    DataDirectoryError::Files {
        action,
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn id() -> KeyId {
        "k1".parse().unwrap()
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn the_directory_and_its_keys_are_private_and_last() {
        let base = tempfile::tempdir().unwrap();
        let path = base.path().join("above/data");
        let keys = DataDirectory::open(&path)
            .unwrap()
            .master_keys(id())
            .unwrap();
        assert_eq!(mode(&path), 0o711);
        assert_eq!(mode(&path.join("master.keys")), 0o600);
        let again = DataDirectory::open(&path)
            .unwrap()
            .master_keys(id())
            .unwrap();
        assert_eq!(keys.to_text().expose(), again.to_text().expose());
        assert_eq!(fs::read_dir(&path).unwrap().count(), 1);
    }

    #[test]
    fn keys_that_cannot_be_read_are_never_made_anew() {
        let base = tempfile::tempdir().unwrap();
        let directory = DataDirectory::open(base.path()).unwrap();
        fs::write(base.path().join("master.keys"), "hunter2").unwrap();
        let error = directory.master_keys(id()).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("master.keys cannot be used; restore it"),
            "{error}"
        );
        assert_eq!(
            fs::read_to_string(base.path().join("master.keys")).unwrap(),
            "hunter2"
        );
    }

    #[test]
    fn a_file_in_its_place_is_an_error_that_names_it() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = DataDirectory::open(file.path()).unwrap_err().to_string();
        assert!(error.starts_with("cannot create /"), "{error}");
    }
}
