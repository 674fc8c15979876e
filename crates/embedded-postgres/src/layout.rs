//! Names that are the same in every cluster: those of its files, and of its superuser.

use std::path::{Path, PathBuf};

/// The superuser that `initdb` creates.
pub(crate) const SUPERUSER: &str = "udam";

/// Mode of the cluster's directories: no access for anyone but the owner.
pub(crate) const PRIVATE_MODE: u32 = 0o700;

/// File that holds the superuser's password.
pub(crate) const PASSWORD: &str = "password";

/// File whose only line is the directory that the cluster was relocated to.
pub(crate) const RELOCATION_MARKER: &str = "moved-to";

/// Parent of relocated clusters: every user may enter it and create directories in it, and it
/// survives a reboot.
pub(crate) const RELOCATION_BASE: &str = "/var/tmp";

/// PostgreSQL's own files (`PGDATA`) within a cluster's directory.
pub(crate) fn pgdata(directory: &Path) -> PathBuf {
    directory.join("data")
}
