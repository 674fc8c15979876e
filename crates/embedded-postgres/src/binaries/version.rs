//! PostgreSQL's version numbers.

use std::fmt;

/// A PostgreSQL version, such as 17.2; before its first release a major version has the minor 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u32,
    minor: u32,
}

impl Version {
    /// The part that decides whether files can be opened.
    #[must_use]
    pub fn major(self) -> u32 {
        self.major
    }

    /// Reads what `postgres --version` prints, for example `postgres (PostgreSQL) 15.14 (Debian
    /// 15.14-0+deb12u1)`.
    pub(crate) fn parse(said: &str) -> Option<Self> {
        let (_, rest) = said.split_once("(PostgreSQL) ")?;
        let mut numbers = rest.split(|character: char| !character.is_ascii_digit());
        let major = numbers.next()?.parse().ok()?;
        // A `17beta1` is no 17.1.
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

    fn parsed(said: &str) -> Option<(u32, u32)> {
        Version::parse(said).map(|version| (version.major, version.minor))
    }

    #[test]
    fn a_packagers_addition_is_ignored() {
        let said = "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n";
        assert_eq!(parsed(said), Some((15, 14)));
    }

    #[test]
    fn a_version_before_its_release_counts_as_its_major() {
        assert_eq!(parsed("postgres (PostgreSQL) 18devel\n"), Some((18, 0)));
        assert_eq!(parsed("postgres (PostgreSQL) 17beta1\n"), Some((17, 0)));
    }

    #[test]
    fn versions_are_ordered_as_numbers() {
        let version = |said: &str| Version::parse(&format!("postgres (PostgreSQL) {said}"));
        assert!(version("9.6") < version("10.1"));
        assert!(version("15.9") < version("15.14"));
    }

    #[test]
    fn another_programs_words_are_no_version() {
        assert_eq!(parsed("initdb: command not found"), None);
        assert_eq!(parsed("postgres (PostgreSQL) "), None);
    }
}
