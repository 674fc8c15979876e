use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// A temporary directory, removed soon after this is dropped or after the process has ended without dropping
/// it.
#[derive(Debug)]
pub(crate) struct TempDir {
    path: PathBuf,
    _guard: Child,
}

/// Statics are never dropped, but the pipe to this script closes when the process ends. It retries while
/// processes that still write into the directory are being killed.
const GUARD: &str = r#"read -r _
for _ in 1 2 3 4 5 6 7 8 9 10; do
    rm -rf -- "$0" 2>/dev/null && sleep 1 && [ ! -e "$0" ] && exit
    sleep 1
done"#;

impl TempDir {
    /// Creates one that every OS user may enter: a database started by root runs as another user.
    pub(crate) fn new() -> Result<Self> {
        let directory = tempfile::Builder::new()
            .prefix("udam-browser-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir()?;
        let guard = Command::new("/bin/sh")
            .args(["-c", GUARD])
            .arg(directory.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("starting the script that removes a directory")?;
        Ok(Self {
            path: directory.keep(),
            _guard: guard,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
