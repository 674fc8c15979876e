use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

use crate::programs;

/// Directory of `package.json`.
pub(crate) const DIRECTORY: &str = env!("CARGO_MANIFEST_DIR");

/// The directory of the packages in `package-lock.json`, installed on first use and whenever the file changes.
///
/// # Errors
/// If they cannot be installed; the error says how.
pub(crate) async fn packages() -> Result<&'static Path> {
    static INSTALLED: OnceCell<PathBuf> = OnceCell::const_new();
    let install = async || spawn_blocking(install).await?;
    Ok(INSTALLED.get_or_try_init(install).await?)
}

fn install() -> Result<PathBuf> {
    programs::find("node", "nodejs")?;
    let npm = programs::find("npm", "npm")?;
    let lock_file = Path::new(DIRECTORY).join("package-lock.json");
    let packages = Path::new(DIRECTORY).join("node_modules");
    // Another process may be installing at the same time.
    let lock = File::open(&lock_file)?;
    lock.lock()?;
    let wanted = fs::read(&lock_file)?;
    let receipt = packages.join(".installed-package-lock.json");
    if fs::read(&receipt).ok().as_ref() == Some(&wanted) {
        return Ok(packages);
    }
    let output = Command::new(npm)
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(DIRECTORY)
        .stdin(Stdio::null())
        .output()
        .context("running npm")?;
    if !output.status.success() {
        bail!(
            "the browser tests need axe-core and html-validate: npm ci --prefix tests/browser\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    fs::write(&receipt, wanted)?;
    Ok(packages)
}
