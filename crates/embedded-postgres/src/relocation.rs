//! Relocation of root's cluster when its user cannot enter the requested directory.
//!
//! The usual case is a clone below `/root`, which other users may not enter: root can, but the user
//! that must run PostgreSQL for root cannot. The cluster is then kept in a private directory below
//! [`RELOCATION_BASE`], and a marker file in the requested directory names it. Deleting the requested
//! directory deletes the marker, so the next start makes a new cluster, as it would without the
//! relocation.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use ring::digest::{SHA256, digest};

use crate::error::ClusterError;
use crate::layout::{self, PRIVATE_MODE, RELOCATION_BASE, RELOCATION_MARKER};
use crate::os_user::OsUser;

/// Directories tried for one requested directory: each clone that was deleted and made again leaves
/// one behind.
const MAX_DIRECTORIES: u32 = 1000;

/// Returns the directory to use instead of the requested one; usually the requested one itself.
pub(crate) fn resolve(requested: &Path, user: &OsUser) -> Result<PathBuf, ClusterError> {
    let OsUser::Other { name, uid, .. } = user else {
        return Ok(requested.to_owned());
    };
    if let Some(directory) = read_marker(requested, *uid)? {
        return Ok(directory);
    }
    if requested
        .parent()
        .is_none_or(|parent| user.can_enter(parent))
    {
        return Ok(requested.to_owned());
    }
    if layout::pgdata(requested).exists() {
        return Err(ClusterError::Unreachable {
            directory: requested.to_owned(),
            user: name.clone(),
        });
    }
    relocate(requested, user)
}

fn read_marker(requested: &Path, uid: u32) -> Result<Option<PathBuf>, ClusterError> {
    let marker = requested.join(RELOCATION_MARKER);
    let Ok(line) = fs::read_to_string(&marker) else {
        return Ok(None);
    };
    let directory = PathBuf::from(line.trim_end());
    let Ok(found) = fs::symlink_metadata(&directory) else {
        return Ok(None);
    };
    // Every user may write to the base, so the directory may have been planted.
    let is_private = found.is_dir() && found.uid() == uid && found.mode() & 0o777 == PRIVATE_MODE;
    if is_private && directory.parent() == Some(Path::new(RELOCATION_BASE)) {
        Ok(Some(directory))
    } else {
        Err(ClusterError::Untrusted { directory, marker })
    }
}

fn relocate(requested: &Path, user: &OsUser) -> Result<PathBuf, ClusterError> {
    let base = Path::new(RELOCATION_BASE);
    let directory =
        create_first_free(requested).map_err(ClusterError::files("create a directory in", base))?;
    user.chown(&directory)
        .map_err(ClusterError::files("set the owner of", &directory))?;
    let marker = requested.join(RELOCATION_MARKER);
    fs::write(&marker, format!("{}\n", directory.display()))
        .map_err(ClusterError::files("write", &marker))?;
    Ok(directory)
}

/// Creates the first candidate that does not exist: an earlier cluster may have it, or a user who
/// guessed the name.
fn create_first_free(requested: &Path) -> io::Result<PathBuf> {
    let exists = |result: &io::Result<PathBuf>| {
        result
            .as_ref()
            .is_err_and(|error| error.kind() == io::ErrorKind::AlreadyExists)
    };
    let mut results = candidates(requested).map(|directory| {
        DirBuilder::new()
            .mode(PRIVATE_MODE)
            .create(&directory)
            .map(|()| directory)
    });
    results
        .find(|result| !exists(result))
        .unwrap_or(Err(io::ErrorKind::AlreadyExists.into()))
}

/// Directories named after a digest of the requested one, so that the same request leads to the same
/// names.
fn candidates(requested: &Path) -> impl Iterator<Item = PathBuf> {
    let hash = hex::encode(digest(&SHA256, requested.as_os_str().as_encoded_bytes()));
    let stem = format!("udam-postgres-{hash:.16}");
    (1..=MAX_DIRECTORIES).map(move |number| match number {
        1 => Path::new(RELOCATION_BASE).join(&stem),
        _ => Path::new(RELOCATION_BASE).join(format!("{stem}-{number}")),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::{Path, PathBuf};

    use super::{RELOCATION_MARKER, candidates, read_marker, resolve};
    use crate::error::ClusterError;
    use crate::os_user::OsUser;

    #[test]
    fn an_ordinary_users_cluster_is_not_relocated() {
        let requested = Path::new("/home/someone/clone/.udam/postgres");
        assert_eq!(resolve(requested, &OsUser::Current).unwrap(), requested);
    }

    #[test]
    fn a_directory_is_always_relocated_to_the_same_candidates() {
        let requested = Path::new("/srv/clone/.udam/postgres");
        let first_two: Vec<_> = candidates(requested).take(2).collect();
        let again: Vec<_> = candidates(requested).take(2).collect();
        assert_eq!(first_two, again);
        assert_eq!(
            first_two[1],
            PathBuf::from(format!("{}-2", first_two[0].display()))
        );
        assert_ne!(
            first_two[0],
            candidates(Path::new("/srv/other")).next().unwrap()
        );
    }

    #[test]
    fn a_marker_that_names_anything_but_a_private_directory_is_rejected() {
        let requested = tempfile::tempdir().unwrap();
        let link = requested.path().join("link");
        symlink("/etc", &link).unwrap();
        for elsewhere in [link.as_path(), Path::new("/etc"), Path::new("/etc/passwd")] {
            fs::write(
                requested.path().join(RELOCATION_MARKER),
                format!("{}\n", elsewhere.display()),
            )
            .unwrap();
            let error = read_marker(requested.path(), 0).unwrap_err();
            assert!(matches!(error, ClusterError::Untrusted { .. }), "{error}");
        }
    }

    #[test]
    fn a_marker_that_names_a_deleted_directory_is_ignored() {
        let requested = tempfile::tempdir().unwrap();
        let marker = requested.path().join(RELOCATION_MARKER);
        fs::write(marker, "/var/tmp/udam-postgres-gone\n").unwrap();
        assert_eq!(read_marker(requested.path(), 0).unwrap(), None);
    }
}
