use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The path of a program that the tests require.
///
/// # Errors
/// If it is not installed; the error says which package installs it.
pub(crate) fn find(program: &str, package: &str) -> Result<PathBuf> {
    let output = Command::new("/bin/sh")
        .args(["-c", r#"command -v -- "$0""#, program])
        .stdin(Stdio::null())
        .output()
        .context("running sh")?;
    let path = String::from_utf8(output.stdout)?;
    let path = path.trim_end();
    if !output.status.success() || path.is_empty() {
        bail!(
            "{program} is not installed, and the browser tests require it: apt-get install {package}"
        );
    }
    Ok(path.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_reported_with_its_package() {
        assert!(find("sh", "dash").unwrap().is_absolute());
        let error = find("udam-no-such-browser", "chromium").unwrap_err();
        assert!(
            error.to_string().ends_with("apt-get install chromium"),
            "{error}"
        );
    }
}
