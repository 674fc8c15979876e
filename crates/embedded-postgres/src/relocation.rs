//! Where root's cluster lives when its account cannot get into the directory that was asked for.
//!
//! A clone under `/root`, which usually is closed to everybody else, is the common case: root may
//! read it, the account that must run PostgreSQL for root may not. The cluster then lives in a
//! private directory below [`BASE`]. A marker in the directory that was asked for leads back to it,
//! so deleting that directory starts afresh, as it would have without the move.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use ring::digest::{SHA256, digest};

use crate::account::Account;
use crate::error::ClusterError;
use crate::home::{self, PRIVATE};

/// The file whose one line is the directory in use.
pub(crate) const MARKER: &str = "moved-to";

/// Everybody may pass through it and make a directory, and it outlives a reboot.
pub(crate) const BASE: &str = "/var/tmp";

/// Directories of the same name that deleted clones may leave before somebody should tidy up.
const MOST_LEFT_BEHIND: u32 = 1000;

/// The directory to use in place of the one that was asked for; usually that one itself.
pub(crate) fn settle(asked: &Path, account: &Account) -> Result<PathBuf, ClusterError> {
    let Account::Lent { name, uid, .. } = account else {
        return Ok(asked.to_owned());
    };
    if let Some(moved) = moved_before(asked, *uid)? {
        return Ok(moved);
    }
    if asked.parent().is_none_or(|parent| account.reaches(parent)) {
        return Ok(asked.to_owned());
    }
    if home::data(asked).exists() {
        return Err(ClusterError::Unreachable {
            directory: asked.to_owned(),
            account: name.clone(),
        });
    }
    move_now(asked, account)
}

fn moved_before(asked: &Path, uid: u32) -> Result<Option<PathBuf>, ClusterError> {
    let marker = asked.join(MARKER);
    let Ok(line) = fs::read_to_string(&marker) else {
        return Ok(None);
    };
    let directory = PathBuf::from(line.trim_end());
    let Ok(found) = fs::symlink_metadata(&directory) else {
        return Ok(None);
    };
    // Everybody may write to the base: what is found there may be somebody else's.
    let is_private = found.is_dir() && found.uid() == uid && found.mode() & 0o777 == PRIVATE;
    if is_private && directory.parent() == Some(Path::new(BASE)) {
        Ok(Some(directory))
    } else {
        Err(ClusterError::Untrusted { directory, marker })
    }
}

fn move_now(asked: &Path, account: &Account) -> Result<PathBuf, ClusterError> {
    let directory = first_free(asked).map_err(ClusterError::files("move into", Path::new(BASE)))?;
    account
        .take(&directory)
        .map_err(ClusterError::files("take", &directory))?;
    let marker = asked.join(MARKER);
    fs::write(&marker, format!("{}\n", directory.display()))
        .map_err(ClusterError::files("write", &marker))?;
    Ok(directory)
}

/// Creates the first of the names that is not taken: by an earlier cluster, or by someone who
/// guessed it.
fn first_free(asked: &Path) -> io::Result<PathBuf> {
    let taken = |outcome: &io::Result<PathBuf>| {
        outcome
            .as_ref()
            .is_err_and(|error| error.kind() == io::ErrorKind::AlreadyExists)
    };
    let mut outcomes = names(asked).map(|directory| {
        DirBuilder::new()
            .mode(PRIVATE)
            .create(&directory)
            .map(|()| directory)
    });
    outcomes
        .find(|outcome| !taken(outcome))
        .unwrap_or(Err(io::ErrorKind::AlreadyExists.into()))
}

/// Names derived from the directory that was asked for, so that a person can tell whose they are by
/// asking again.
fn names(asked: &Path) -> impl Iterator<Item = PathBuf> {
    let hash = hex::encode(digest(&SHA256, asked.as_os_str().as_encoded_bytes()));
    let stem = format!("udam-postgres-{hash:.16}");
    (1..=MOST_LEFT_BEHIND).map(move |number| match number {
        1 => Path::new(BASE).join(&stem),
        _ => Path::new(BASE).join(format!("{stem}-{number}")),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::{Path, PathBuf};

    use super::{MARKER, moved_before, names, settle};
    use crate::account::Account;
    use crate::error::ClusterError;

    #[test]
    fn an_ordinary_users_cluster_stays_where_it_was_asked_for() {
        let asked = Path::new("/home/someone/clone/.udam/postgres");
        assert_eq!(settle(asked, &Account::Own).unwrap(), asked);
    }

    #[test]
    fn a_directory_always_moves_to_the_same_names() {
        let asked = Path::new("/srv/clone/.udam/postgres");
        let first_two: Vec<_> = names(asked).take(2).collect();
        let again: Vec<_> = names(asked).take(2).collect();
        assert_eq!(first_two, again);
        assert_eq!(
            first_two[1],
            PathBuf::from(format!("{}-2", first_two[0].display()))
        );
        assert_ne!(first_two[0], names(Path::new("/srv/other")).next().unwrap());
    }

    #[test]
    fn a_marker_that_leads_to_anything_but_a_private_directory_is_refused() {
        let asked = tempfile::tempdir().unwrap();
        let link = asked.path().join("link");
        symlink("/etc", &link).unwrap();
        for elsewhere in [link.as_path(), Path::new("/etc"), Path::new("/etc/passwd")] {
            fs::write(
                asked.path().join(MARKER),
                format!("{}\n", elsewhere.display()),
            )
            .unwrap();
            let error = moved_before(asked.path(), 0).unwrap_err();
            assert!(matches!(error, ClusterError::Untrusted { .. }), "{error}");
        }
    }

    #[test]
    fn a_marker_to_a_directory_that_was_tidied_away_counts_for_nothing() {
        let asked = tempfile::tempdir().unwrap();
        fs::write(asked.path().join(MARKER), "/var/tmp/udam-postgres-gone\n").unwrap();
        assert_eq!(moved_before(asked.path(), 0).unwrap(), None);
    }
}
