use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Where a program is. Without it there is no test, and so it is never left out.
///
/// # Errors
/// When it is not installed; the error says what installs it.
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
            "{program} is not installed, and the browser tests do not run without it: \
             apt-get install {package}"
        );
    }
    Ok(path.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_found_and_what_is_not_comes_with_its_remedy() {
        assert!(find("sh", "dash").unwrap().is_absolute());
        let error = find("udam-no-such-browser", "chromium").unwrap_err();
        assert!(
            error.to_string().ends_with("apt-get install chromium"),
            "{error}"
        );
    }
}
