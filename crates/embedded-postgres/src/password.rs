//! The superuser's password.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use ring::rand::{SecureRandom, SystemRandom};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::account::Account;
use crate::error::ClusterError;

/// Prints as `[redacted]` and is wiped when dropped.
#[derive(Clone)]
pub(crate) struct Password(Zeroizing<String>);

impl Password {
    /// Reads the password kept in the file, or draws one and keeps it there, readable for the
    /// account alone.
    ///
    /// The file appears whole or not at all. `initdb` reads it too, so no command line ever shows
    /// the password.
    pub(crate) fn kept_in(file: &Path, account: &Account) -> Result<Self, ClusterError> {
        match fs::read_to_string(file) {
            Ok(kept) => Ok(Self(Zeroizing::new(kept.trim_end().to_owned()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let password =
                    Self::random().map_err(ClusterError::files("draw a password for", file))?;
                password
                    .keep(file, account)
                    .map_err(ClusterError::files("write", file))?;
                Ok(password)
            }
            Err(error) => Err(ClusterError::files("read", file)(error)),
        }
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// 128 bits in hexadecimal, which needs no escaping in a URL.
    fn random() -> io::Result<Self> {
        let mut bytes = Zeroizing::new([0; 16]);
        let drawn = SystemRandom::new().fill(bytes.as_mut());
        drawn.map_err(|error| io::Error::other(error.to_string()))?;
        Ok(Self(Zeroizing::new(hex::encode(bytes.as_ref()))))
    }

    fn keep(&self, file: &Path, account: &Account) -> io::Result<()> {
        let directory = file.parent().unwrap_or(Path::new("/"));
        let mut partial = NamedTempFile::with_prefix_in("password.", directory)?;
        writeln!(partial, "{}", self.expose())?;
        account.take_file(partial.as_file())?;
        partial.as_file().sync_all()?;
        partial.persist_noclobber(file)?;
        Ok(())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::Password;
    use crate::account::Account;

    #[test]
    fn a_password_is_drawn_once_and_found_again() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("password");
        let drawn = Password::kept_in(&file, &Account::Own).unwrap();
        let found = Password::kept_in(&file, &Account::Own).unwrap();
        assert_eq!(drawn.expose(), found.expose());
        assert_eq!(drawn.expose().len(), 32);
    }

    #[test]
    fn a_password_file_is_readable_for_its_owner_alone() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("password");
        Password::kept_in(&file, &Account::Own).unwrap();
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn two_clusters_have_different_passwords() {
        let directory = tempfile::tempdir().unwrap();
        let one = Password::kept_in(&directory.path().join("one"), &Account::Own).unwrap();
        let other = Password::kept_in(&directory.path().join("other"), &Account::Own).unwrap();
        assert_ne!(one.expose(), other.expose());
    }

    #[test]
    fn a_password_is_not_shown_when_debugged() {
        let directory = tempfile::tempdir().unwrap();
        let password =
            Password::kept_in(&directory.path().join("password"), &Account::Own).unwrap();
        assert_eq!(format!("{password:?}"), "[redacted]");
    }
}
