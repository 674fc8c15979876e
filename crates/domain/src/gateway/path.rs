use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::text::TextError;

/// Path of a call below the address of its listing, as the client sent it, without its query: it begins with `/`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CallPath(String);

impl CallPath {
    /// Most characters that are kept of a path with a call.
    pub const KEPT: usize = 200;

    /// The path; `None` unless it begins with `/` and has printable ASCII characters alone.
    #[must_use]
    pub fn new(path: String) -> Option<Self> {
        let printable = path.bytes().all(|byte| byte.is_ascii_graphic());
        (path.starts_with('/') && printable).then_some(Self(path))
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its beginning, as it is kept with a call.
    #[must_use]
    pub fn kept(mut self) -> Self {
        self.0.truncate(Self::KEPT);
        self
    }
}

/// The beginning of the paths that a listing sells: at most 200 characters, in whole segments. `/v1` covers `/v1` and
/// `/v1/rain`, and not `/v10`. Paths are compared as they are sent: `%76` is not `v`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PathPrefix(String);

impl PathPrefix {
    /// Most characters of a prefix.
    pub const MAX_LENGTH: usize = 200;

    /// The prefix, without a slash at its end unless it is `/`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        if self.0.is_empty() { "/" } else { &self.0 }
    }

    /// Whether it covers a path.
    #[must_use]
    pub fn covers(&self, path: &CallPath) -> bool {
        let rest = path.0.strip_prefix(&self.0);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl FromStr for PathPrefix {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        if text.len() > Self::MAX_LENGTH {
            return Err(TextError::TooLong {
                most: Self::MAX_LENGTH,
            });
        }
        let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'\\');
        let has_dots = text.split('/').any(|segment| matches!(segment, "." | ".."));
        if !text.starts_with('/') || !text.bytes().all(plain) || has_dots {
            return Err(TextError::Form(
                "must be a path such as /v1, of printable ASCII characters, without a query and without dots alone",
            ));
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

impl fmt::Display for PathPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The paths that a listing sells: 1 to 20 prefixes, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths(Vec<PathPrefix>);

/// No prefix is named, or too many are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must name 1 to {} prefixes of paths", Paths::MOST)]
pub struct PathsError;

impl Paths {
    /// Most prefixes of a listing.
    pub const MOST: usize = 20;

    /// The paths with these beginnings.
    ///
    /// # Errors
    /// [`PathsError`]
    pub fn new(mut prefixes: Vec<PathPrefix>) -> Result<Self, PathsError> {
        prefixes.sort_unstable();
        prefixes.dedup();
        if (1..=Self::MOST).contains(&prefixes.len()) {
            Ok(Self(prefixes))
        } else {
            Err(PathsError)
        }
    }

    /// Whether one of the prefixes covers a path.
    #[must_use]
    pub fn cover(&self, path: &CallPath) -> bool {
        self.0.iter().any(|prefix| prefix.covers(path))
    }

    /// The prefixes, sorted.
    #[must_use]
    pub fn prefixes(&self) -> &[PathPrefix] {
        &self.0
    }
}

impl Default for Paths {
    /// All paths.
    fn default() -> Self {
        Self(vec![PathPrefix(String::new())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> CallPath {
        CallPath::new(text.to_owned()).unwrap()
    }

    #[test]
    fn a_prefix_covers_whole_segments() {
        for (prefix, covered, others) in [
            ("/", ["/", "/v1", "/a//b"].as_slice(), [].as_slice()),
            (
                "/v1",
                &["/v1", "/v1/", "/v1/rain"],
                &["/", "/v10", "/v", "/%761", "/V1"],
            ),
            ("/v1/", &["/v1", "/v1/rain"], &["/v10"]),
            ("/a/b", &["/a/b/c"], &["/a", "/a/bc", "/a//b"]),
        ] {
            let paths = Paths::new(vec![prefix.parse().unwrap()]).unwrap();
            for text in covered {
                assert!(paths.cover(&path(text)), "{prefix} {text}");
            }
            for text in others {
                assert!(!paths.cover(&path(text)), "{prefix} {text}");
            }
        }
        assert!(Paths::default().cover(&path("/anything")));
    }

    #[test]
    fn a_prefix_is_a_plain_path() {
        assert_eq!("/v1/".parse::<PathPrefix>().unwrap().as_str(), "/v1");
        assert_eq!("/".parse::<PathPrefix>().unwrap().to_string(), "/");
        for text in [
            "", "v1", "/a b", "/a?b", "/a#b", "/../a", "/a/..", "/./a", "/\u{e4}", "/a\\b",
        ] {
            assert!(text.parse::<PathPrefix>().is_err(), "{text}");
        }
        assert!(
            format!("/{}", "a".repeat(200))
                .parse::<PathPrefix>()
                .is_err()
        );
    }

    #[test]
    fn a_listing_sells_one_to_twenty_prefixes() {
        assert_eq!(Paths::new(Vec::new()), Err(PathsError));
        let prefixes = |count| {
            (0..count)
                .map(|n| format!("/{n}").parse().unwrap())
                .collect()
        };
        assert!(Paths::new(prefixes(20)).is_ok());
        assert_eq!(Paths::new(prefixes(21)), Err(PathsError));
        let same = vec!["/a".parse().unwrap(), "/a/".parse().unwrap()];
        assert_eq!(Paths::new(same).unwrap().prefixes().len(), 1);
    }

    #[test]
    fn a_path_is_printable_and_kept_in_part() {
        assert!(CallPath::new("v1".to_owned()).is_none());
        assert!(CallPath::new("/a b".to_owned()).is_none());
        assert!(CallPath::new("/\u{e4}".to_owned()).is_none());
        let long = path(&format!("/{}", "a".repeat(300)));
        assert_eq!(long.kept().as_str().len(), CallPath::KEPT);
    }
}
