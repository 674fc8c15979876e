//! Directories for temporary clusters.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::statvfs;
use tempfile::TempDir;

use crate::error::ClusterError;
use crate::layout::RELOCATION_BASE;
use crate::os_user::OsUser;

/// File system in memory. A database consists of some three hundred files, which are created there
/// in a tenth of the time.
const MEMORY: &str = "/dev/shm";

/// Free space required in memory, in bytes. A cluster takes a few hundred megabytes; containers often
/// have only 64 MB there.
const REQUIRED_MEMORY: u64 = 1 << 30;

/// Creates an empty directory that is removed when dropped.
pub(crate) fn create(user: &OsUser) -> Result<TempDir, ClusterError> {
    let base = base(user);
    TempDir::with_prefix_in("udam-postgres-", &base).map_err(ClusterError::files("write", &base))
}

/// The user must be able to enter the directory, and to delete its files even after the owner was
/// killed.
fn base(user: &OsUser) -> PathBuf {
    let memory = Path::new(MEMORY);
    let default = std::env::temp_dir();
    if has_room(memory) && is_usable(memory, user) {
        memory.to_owned()
    } else if *user == OsUser::Current || is_usable(&default, user) {
        default
    } else {
        PathBuf::from(RELOCATION_BASE)
    }
}

fn has_room(directory: &Path) -> bool {
    statvfs(directory).is_ok_and(|fs| fs.f_bavail.saturating_mul(fs.f_frsize) >= REQUIRED_MEMORY)
}

fn is_usable(directory: &Path, user: &OsUser) -> bool {
    let open_to_all = |metadata: fs::Metadata| metadata.mode() & 0o003 == 0o003;
    fs::metadata(directory).is_ok_and(open_to_all) && user.can_enter(directory)
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::{has_room, is_usable};
    use crate::os_user::OsUser;

    #[test]
    fn a_directory_that_others_may_not_write_to_is_not_usable() {
        let owners_only = Permissions::from_mode(0o755);
        let closed = tempfile::Builder::new()
            .permissions(owners_only)
            .tempdir()
            .unwrap();
        assert!(!is_usable(closed.path(), &OsUser::Current));
    }

    #[test]
    fn a_missing_directory_has_no_room() {
        assert!(!has_room(Path::new("/nowhere")));
    }
}
