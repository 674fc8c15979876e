use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

use crate::tools;

/// Where `package.json` is.
pub(crate) const DIRECTORY: &str = env!("CARGO_MANIFEST_DIR");

/// Where the packages of `package-lock.json` are; installs them the first time, and when they change.
///
/// # Errors
/// When they cannot be; the error says what installs them.
pub(crate) async fn packages() -> Result<&'static Path> {
    static INSTALLED: OnceCell<PathBuf> = OnceCell::const_new();
    let install = async || spawn_blocking(install).await?;
    Ok(INSTALLED.get_or_try_init(install).await?)
}

fn install() -> Result<PathBuf> {
    tools::find("node", "nodejs")?;
    let npm = tools::find("npm", "npm")?;
    let lock_file = Path::new(DIRECTORY).join("package-lock.json");
    let packages = Path::new(DIRECTORY).join("node_modules");
    // Another process may be installing them.
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
