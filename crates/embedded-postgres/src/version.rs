//! PostgreSQL's version numbers.

use std::fmt;

/// Oldest supported major version.
pub(crate) const OLDEST_MAJOR: u32 = 14;

/// A PostgreSQL version, such as 17.2. The minor version of a pre-release is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u32,
    minor: u32,
}

impl Version {
    /// Returns the major version. A server opens files of its own major version only.
    #[must_use]
    pub fn major(self) -> u32 {
        self.major
    }

    /// Parses the output of `postgres --version`, for example `postgres (PostgreSQL) 15.14 (Debian
    /// 15.14-0+deb12u1)`.
    pub(crate) fn parse(output: &str) -> Option<Self> {
        let (_, rest) = output.split_once("(PostgreSQL) ")?;
        let mut numbers = rest.split(|character: char| !character.is_ascii_digit());
        let major = numbers.next()?.parse().ok()?;
        // `17beta1` is not 17.1.
        let minor = rest
            .strip_prefix(&format!("{major}."))
            .and_then(|_| numbers.next()?.parse().ok())
            .unwrap_or(0);
        Some(Self { major, minor })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    fn parsed(output: &str) -> Option<(u32, u32)> {
        Version::parse(output).map(|version| (version.major, version.minor))
    }

    #[test]
    fn a_packagers_suffix_is_ignored() {
        let output = "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n";
        assert_eq!(parsed(output), Some((15, 14)));
    }

    #[test]
    fn a_pre_release_has_the_minor_version_zero() {
        assert_eq!(parsed("postgres (PostgreSQL) 18devel\n"), Some((18, 0)));
        assert_eq!(parsed("postgres (PostgreSQL) 17beta1\n"), Some((17, 0)));
    }

    #[test]
    fn versions_are_ordered_as_numbers() {
        let version = |number: &str| Version::parse(&format!("postgres (PostgreSQL) {number}"));
        assert!(version("9.6") < version("10.1"));
        assert!(version("15.9") < version("15.14"));
    }

    #[test]
    fn other_output_is_not_a_version() {
        assert_eq!(parsed("initdb: command not found"), None);
        assert_eq!(parsed("postgres (PostgreSQL) "), None);
    }
}
