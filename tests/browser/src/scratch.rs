use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// A directory that is gone some time after this is dropped, or after the test's process has ended
/// without dropping it.
#[derive(Debug)]
pub(crate) struct Scratch {
    path: PathBuf,
    _guard: Child,
}

/// Nothing drops a static, but a pipe that nobody holds closes. Who still writes into the directory
/// is being killed meanwhile.
const GUARD: &str = r#"read -r _
for _ in 1 2 3 4 5 6 7 8 9 10; do
    rm -rf -- "$0" 2>/dev/null && sleep 1 && [ ! -e "$0" ] && exit
    sleep 1
done"#;

impl Scratch {
    /// Makes one that every account may pass through: a database run by root belongs to another one.
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
            .context("starting a guard over a directory")?;
        Ok(Self {
            path: directory.keep(),
            _guard: guard,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
