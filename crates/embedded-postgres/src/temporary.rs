//! Where temporary clusters are made.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::statvfs;
use tempfile::TempDir;

use crate::account::Account;
use crate::error::ClusterError;
use crate::relocation;

/// Memory that is used as a file system. A new database is some three hundred files, and making
/// them there takes a tenth of the time.
const MEMORY: &str = "/dev/shm";

/// A cluster takes a few hundred megabytes at most; containers often have but 64 there.
const ENOUGH_MEMORY: u64 = 1 << 30;

/// Makes an empty directory, which is removed when dropped.
pub(crate) fn directory(account: &Account) -> Result<TempDir, ClusterError> {
    let base = base(account);
    TempDir::with_prefix_in("udam-postgres-", &base).map_err(ClusterError::files("write", &base))
}

/// The account must be able to get there, and to remove what it has there even if the owner is
/// dead.
fn base(account: &Account) -> PathBuf {
    let memory = Path::new(MEMORY);
    let usual = std::env::temp_dir();
    if has_room(memory) && suits(memory, account) {
        memory.to_owned()
    } else if *account == Account::Own || suits(&usual, account) {
        usual
    } else {
        PathBuf::from(relocation::BASE)
    }
}

fn has_room(directory: &Path) -> bool {
    statvfs(directory).is_ok_and(|is| is.f_bavail.saturating_mul(is.f_frsize) >= ENOUGH_MEMORY)
}

fn suits(directory: &Path, account: &Account) -> bool {
    let open_to_all = |metadata: fs::Metadata| metadata.mode() & 0o003 == 0o003;
    fs::metadata(directory).is_ok_and(open_to_all) && account.reaches(directory)
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::{has_room, suits};
    use crate::account::Account;

    #[test]
    fn a_directory_that_others_may_not_write_to_does_not_suit() {
        let owners_only = Permissions::from_mode(0o755);
        let closed = tempfile::Builder::new()
            .permissions(owners_only)
            .tempdir()
            .unwrap();
        assert!(!suits(closed.path(), &Account::Own));
    }

    #[test]
    fn there_is_no_room_in_a_directory_that_does_not_exist() {
        assert!(!has_room(Path::new("/nowhere")));
    }
}
