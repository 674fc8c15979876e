//! The directory that fetched programs are kept in.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use super::PackageError;

/// Cache of programs that root fetches. Its own home is closed to the user that PostgreSQL runs as.
const OF_ROOT: &str = "/var/cache/udam";

/// Returns the user's cache of this program, which need not exist.
pub(super) fn directory() -> Result<PathBuf, PackageError> {
    let is_root = rustix::process::geteuid().is_root();
    of_user(is_root, variable).ok_or(PackageError::NoCache)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the user's directories are no settings"
)]
fn variable(name: &str) -> Option<OsString> {
    env::var_os(name)
}

/// As the XDG Base Directory Specification has it, and on macOS as Apple does.
fn of_user(is_root: bool, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    if is_root {
        return Some(PathBuf::from(OF_ROOT));
    }
    let absolute = |name| {
        variable(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let caches = if cfg!(target_os = "macos") {
        "Library/Caches"
    } else {
        ".cache"
    };
    let in_home = || Some(absolute("HOME")?.join(caches));
    let cache = absolute("XDG_CACHE_HOME").or_else(in_home)?;
    Some(cache.join("udam"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_the_user_s_and_for_root_one_that_others_can_read() {
        let set = |pairs: &'static [(&str, &str)]| {
            move |name: &str| {
                let (_, value) = pairs.iter().find(|(set, _)| *set == name)?;
                Some(OsString::from(value))
            }
        };
        let both = set(&[("XDG_CACHE_HOME", "/scratch"), ("HOME", "/home/ada")]);
        assert_eq!(
            of_user(false, both).unwrap(),
            PathBuf::from("/scratch/udam")
        );
        assert_eq!(of_user(true, both).unwrap(), PathBuf::from(OF_ROOT));
        let home = of_user(
            false,
            set(&[("HOME", "/home/ada"), ("XDG_CACHE_HOME", "here")]),
        );
        assert!(home.unwrap().starts_with("/home/ada"));
        assert_eq!(of_user(false, set(&[])), None);
    }
}
