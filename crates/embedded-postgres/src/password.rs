//! The superuser's password.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret, SecretString};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::error::ClusterError;
use crate::os_user::OsUser;

/// Reads the password from the file, or generates one and writes it there, readable for the user
/// only.
///
/// The file is complete whenever it exists. `initdb` reads it too, so that no command line holds the
/// password.
pub(crate) fn load_or_create(file: &Path, user: &OsUser) -> Result<SecretString, ClusterError> {
    match fs::read_to_string(file).map(Zeroizing::new) {
        Ok(text) => Ok(SecretString::from(text.trim_end())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let password =
                generate().map_err(ClusterError::files("generate a password for", file))?;
            write(&password, file, user).map_err(ClusterError::files("write", file))?;
            Ok(password)
        }
        Err(error) => Err(ClusterError::files("read", file)(error)),
    }
}

/// 128 random bits in hexadecimal, which need no escaping in a URL.
fn generate() -> io::Result<SecretString> {
    let mut bytes = Zeroizing::new([0; 16]);
    let filled = SystemRandom::new().fill(bytes.as_mut());
    filled.map_err(|error| io::Error::other(error.to_string()))?;
    Ok(hex::encode(bytes.as_ref()).into())
}

fn write(password: &SecretString, file: &Path, user: &OsUser) -> io::Result<()> {
    let directory = file.parent().unwrap_or(Path::new("/"));
    let mut partial = NamedTempFile::with_prefix_in("password.", directory)?;
    writeln!(partial, "{}", password.expose_secret())?;
    user.chown_file(partial.as_file())?;
    partial.as_file().sync_all()?;
    partial.persist_noclobber(file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use secrecy::ExposeSecret;

    use super::load_or_create;
    use crate::os_user::OsUser;

    fn password(file: &Path) -> String {
        let password = load_or_create(file, &OsUser::Current).unwrap();
        password.expose_secret().to_owned()
    }

    #[test]
    fn a_password_is_generated_once_and_read_afterwards() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("password");
        let generated = password(&file);
        assert_eq!(password(&file), generated);
        assert_eq!(generated.len(), 32);
    }

    #[test]
    fn a_password_file_is_readable_for_its_owner_only() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("password");
        password(&file);
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn two_clusters_have_different_passwords() {
        let directory = tempfile::tempdir().unwrap();
        let one = password(&directory.path().join("one"));
        let other = password(&directory.path().join("other"));
        assert_ne!(one, other);
    }
}
