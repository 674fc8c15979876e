//! Directories where PostgreSQL's programs usually are.

use std::ffi::OsStr;
use std::fs;
use std::path::{self, Path, PathBuf};

/// Parent directory, prefix of the name, and subdirectory: `("usr", "pgsql-", "bin")` stands for
/// `/usr/pgsql-*/bin`.
///
/// Distributions keep the server's programs off `PATH`, so that several versions can be installed.
const WELL_KNOWN: [(&str, &str, &str); 7] = [
    // Debian, Ubuntu
    ("usr/lib/postgresql", "", "bin"),
    // Red Hat and Fedora, from PostgreSQL's own repository
    ("usr", "pgsql-", "bin"),
    // Alpine
    ("usr/libexec", "postgresql", ""),
    // Homebrew on Apple silicon, and on Intel
    ("opt/homebrew/opt", "postgresql", "bin"),
    ("usr/local/opt", "postgresql", "bin"),
    // Postgres.app
    ("Applications/Postgres.app/Contents/Versions", "", "bin"),
    // PostgreSQL's own default when built from source
    ("usr/local", "pgsql", "bin"),
];

/// Returns the directories of `PATH`, absolute because child processes have another working directory.
pub(super) fn on_path(path: Option<&OsStr>) -> Vec<PathBuf> {
    let directories = path.into_iter().flat_map(std::env::split_paths);
    directories
        .filter_map(|directory| path::absolute(directory).ok())
        .collect()
}

/// Returns the well-known directories that exist below `root`.
pub(super) fn well_known(root: &Path) -> Vec<PathBuf> {
    WELL_KNOWN
        .iter()
        .flat_map(|(parent, prefix, subdirectory)| {
            matching(&root.join(parent), prefix, subdirectory)
        })
        .collect()
}

fn matching(parent: &Path, prefix: &str, subdirectory: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| entry.path().join(subdirectory))
        .filter(|directory| directory.is_dir())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::{on_path, well_known};

    #[test]
    fn every_version_of_every_packager_is_listed() {
        let root = tempfile::tempdir().unwrap();
        let locations = [
            "usr/lib/postgresql/15/bin",
            "usr/lib/postgresql/17/bin",
            "usr/pgsql-16/bin",
            "usr/libexec/postgresql17",
            "opt/homebrew/opt/postgresql@17/bin",
            "Applications/Postgres.app/Contents/Versions/17/bin",
        ];
        for location in locations {
            fs::create_dir_all(root.path().join(location)).unwrap();
        }
        fs::create_dir_all(root.path().join("usr/bin")).unwrap();

        let mut found = well_known(root.path());
        found.sort();
        let mut expected = locations.map(|location| root.path().join(location));
        expected.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_relative_directory_on_the_path_becomes_absolute() {
        let found = on_path(Some(OsStr::new("/usr/bin:here")));
        let here = std::env::current_dir().unwrap().join("here");
        assert_eq!(found, [PathBuf::from("/usr/bin"), here]);
    }

    #[test]
    fn missing_directories_are_not_listed() {
        assert_eq!(well_known(Path::new("/nowhere")), Vec::<PathBuf>::new());
        assert_eq!(on_path(None), Vec::<PathBuf>::new());
    }
}
