//! The address that a call is sent to.

use std::borrow::Cow;

use http::Uri;
use percent_encoding::percent_decode_str;
use thiserror::Error;
use url::Url;

/// The call's path and query do not make an address below the listing's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum TargetError {
    /// A segment of the path is one or two dots, which lead elsewhere.
    #[error("the path has a segment of dots")]
    DotSegment,
    /// The address is too long, or has characters that no address has.
    #[error("the path or the query is malformed")]
    Malformed,
    /// The address of the listing is none that can be called.
    #[error("the address of the listing is not one of HTTP")]
    Endpoint,
}

/// Joins the address of a listing with the path and the query of a call, whose characters stay encoded as they were sent.
/// `path` is empty or begins with `/`.
///
/// # Errors
/// [`TargetError`]
pub(crate) fn target(endpoint: &str, path: &str, query: Option<&str>) -> Result<Uri, TargetError> {
    if leads_elsewhere(path) {
        return Err(TargetError::DotSegment);
    }
    let mut parts = [Some(path), query].into_iter().flatten();
    if !parts.all(|part| part.bytes().all(|byte| byte.is_ascii_graphic())) {
        return Err(TargetError::Malformed);
    }
    let endpoint = Url::parse(endpoint)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    let endpoint = endpoint.ok_or(TargetError::Endpoint)?;
    let host = endpoint.host_str().ok_or(TargetError::Endpoint)?;
    let mut address = format!("{}://{host}", endpoint.scheme());
    if let Some(port) = endpoint.port() {
        address.push(':');
        address.push_str(&port.to_string());
    }
    if path.is_empty() {
        address.push_str(endpoint.path());
    } else {
        address.push_str(endpoint.path().trim_end_matches('/'));
        address.push_str(path);
    }
    let queries = [endpoint.query(), query].into_iter().flatten();
    for (query, separator) in queries.filter(|query| !query.is_empty()).zip("?&".chars()) {
        address.push(separator);
        address.push_str(query);
    }
    address.parse().map_err(|_malformed| TargetError::Malformed)
}

/// Most times that a path is decoded to see where it leads: some services decode twice.
const MOST_DECODINGS: usize = 4;

/// Whether a path has a segment of one or two dots, in any form that a service may take for one: encoded, behind a backslash,
/// or with parameters (RFC 3986, section 3.3).
pub(crate) fn leads_elsewhere(path: &str) -> bool {
    let mut path = Cow::Borrowed(path.as_bytes());
    for _ in 0..MOST_DECODINGS {
        let mut segments = path.split(|byte| matches!(byte, b'/' | b'\\'));
        if segments.any(is_dots) {
            return true;
        }
        let text = String::from_utf8_lossy(&path).into_owned();
        let decoded: Vec<u8> = percent_decode_str(&text).collect();
        if decoded == *path {
            return false;
        }
        path = Cow::Owned(decoded);
    }
    // No address of good faith is encoded so often.
    true
}

fn is_dots(segment: &[u8]) -> bool {
    let name = segment.split(|byte| *byte == b';').next();
    matches!(name, Some(b"." | b".."))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn joined(endpoint: &str, path: &str, query: Option<&str>) -> Result<String, TargetError> {
        target(endpoint, path, query).map(|uri| uri.to_string())
    }

    #[test]
    fn a_call_is_sent_below_the_address_of_its_listing() {
        for (endpoint, path, query, expected) in [
            ("https://a.example", "", None, "https://a.example/"),
            ("https://a.example/v1", "", None, "https://a.example/v1"),
            ("https://a.example/v1", "/", None, "https://a.example/v1/"),
            (
                "https://a.example/v1/",
                "/rain",
                None,
                "https://a.example/v1/rain",
            ),
            (
                "https://a.example:8443/v1",
                "/rain",
                Some("q=1"),
                "https://a.example:8443/v1/rain?q=1",
            ),
            (
                "https://a.example/v1?f=json",
                "/r",
                Some("q=1"),
                "https://a.example/v1/r?f=json&q=1",
            ),
            (
                "https://a.example/v1?f=json#x",
                "/r",
                None,
                "https://a.example/v1/r?f=json",
            ),
            ("https://a.example/", "/r", Some(""), "https://a.example/r"),
            (
                "https://a.example",
                "//b.example/r",
                None,
                "https://a.example//b.example/r",
            ),
            (
                "http://[2001:db8::1]/",
                "/r",
                None,
                "http://[2001:db8::1]/r",
            ),
            (
                "https://a.example",
                "/@b.example",
                None,
                "https://a.example/@b.example",
            ),
        ] {
            assert_eq!(joined(endpoint, path, query).unwrap(), expected);
        }
    }

    #[test]
    fn characters_stay_encoded_as_they_were_sent() {
        for path in [
            "/m%c3%bcnchen",
            "/a%2Fb",
            "/a+b%20c",
            "/%7Euser",
            "/...",
            "/a..b",
            "/.well-known",
            "/a;b=..",
            "/%25",
        ] {
            let expected = format!("https://a.example/v1{path}?q=%2f%2F&r=a+b&..");
            let query = Some("q=%2f%2F&r=a+b&..");
            assert_eq!(
                joined("https://a.example/v1", path, query).unwrap(),
                expected
            );
        }
    }

    #[test]
    fn no_path_leads_out_of_the_address() {
        for path in [
            "/..",
            "/../admin",
            "/a/../../b",
            "/.",
            "/a/./b",
            "/%2e%2e/b",
            "/%2E%2e",
            "/.%2e/b",
            "/a%2f..%2fb",
            "/a\\..\\b",
            "/a%5c..%5Cb",
            "/%252e%252e/b",
            "/%25252e%25252e/b",
            "/..;/b",
            "/..;x=1/b",
            "/..%3b/b",
            "/%2525252525252e./b",
        ] {
            assert_eq!(
                joined("https://a.example/v1", path, None),
                Err(TargetError::DotSegment),
                "{path}"
            );
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let endpoint = "https://a.example";
        for path in ["/a b", "/a\u{e4}", "/a\r\nb"] {
            assert_eq!(
                joined(endpoint, path, None),
                Err(TargetError::Malformed),
                "{path}"
            );
        }
        let long = format!("/{}", "x".repeat(70_000));
        assert_eq!(joined(endpoint, &long, None), Err(TargetError::Malformed));
        assert_eq!(
            joined("ftp://a.example", "/", None),
            Err(TargetError::Endpoint)
        );
        assert_eq!(joined("a.example", "/", None), Err(TargetError::Endpoint));
    }

    proptest! {
        #[test]
        fn every_call_goes_to_the_host_and_below_the_path(path in "(/[a-z.%2eE5cfF;@:/\\\\]{0,30})?", query in prop::option::of("[a-z=&%.]{0,20}")) {
            if let Ok(uri) = target("https://a.example/v1/x", &path, query.as_deref()) {
                prop_assert_eq!(uri.host(), Some("a.example"));
                prop_assert_eq!(uri.port(), None);
                prop_assert!(uri.path().starts_with("/v1/x"));
                // As parsers of addresses resolve it.
                let resolved = Url::parse(&uri.to_string()).unwrap();
                prop_assert!(resolved.path().starts_with("/v1/x"), "{}", resolved);
            }
        }
    }
}
