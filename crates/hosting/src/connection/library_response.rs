//! Responses that the HTTP library makes of itself, to what it cannot read. They are recognised where they are written, because it
//! has no other place to replace them.

use actix_web::http::StatusCode;

/// Longest of them, in bytes.
const LONGEST: usize = 256;

/// A response of the HTTP library's own at the end of what is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LibraryResponse<'written> {
    /// Number of bytes before it.
    pub(super) start: usize,
    /// Its status.
    pub(super) status: StatusCode,
    /// Its date.
    pub(super) date: &'written str,
}

impl<'written> LibraryResponse<'written> {
    /// Finds it. It has no body, and no header but three of the protocol; a response of ours has at least its request's id.
    pub(super) fn find(written: &'written [u8]) -> Option<Self> {
        if !written.ends_with(b"\r\n\r\n") {
            return None;
        }
        let skipped = written.len().saturating_sub(LONGEST);
        let tail = written.get(skipped..)?;
        let place = tail.windows(7).rposition(|bytes| bytes == b"HTTP/1.")?;
        let head = std::str::from_utf8(tail.get(place..)?).ok()?;
        let mut lines = head.trim_end_matches("\r\n").split("\r\n");
        let status = match lines.next()?.split(' ').nth(1)? {
            "400" => StatusCode::BAD_REQUEST,
            "408" => StatusCode::REQUEST_TIMEOUT,
            "431" => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            _ => return None,
        };
        let mut date = None;
        for line in lines {
            match line.split_once(": ")? {
                ("content-length", "0") | ("connection", _) => {}
                ("date", value) => date = Some(value),
                _ => return None,
            }
        }
        Some(Self {
            start: skipped.saturating_add(place),
            status,
            date: date?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: &str = "date: Sun, 29 Nov 2026 09:00:00 GMT\r\n\r\n";

    fn found(written: &str) -> Option<(usize, u16)> {
        LibraryResponse::find(written.as_bytes()).map(|found| (found.start, found.status.as_u16()))
    }

    #[test]
    fn it_is_found_alone_and_behind_other_responses() {
        let malformed = format!("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n{DATE}");
        assert_eq!(found(&malformed), Some((0, 400)));
        let large = format!(
            "HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n{DATE}"
        );
        assert_eq!(found(&large), Some((0, 431)));
        let slow = format!("HTTP/1.0 408 Request Timeout\r\ncontent-length: 0\r\n{DATE}");
        assert_eq!(found(&slow), Some((0, 408)));
        let before = format!("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n{DATE}{{}}");
        let both = format!("{before}{malformed}");
        assert_eq!(found(&both), Some((before.len(), 400)));
        let long = "x".repeat(1_000);
        assert_eq!(found(&format!("{long}{large}")), Some((1_000, 431)));
    }

    #[test]
    fn responses_of_ours_are_left_alone() {
        for ours in [
            format!("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nx-request-id: a\r\n{DATE}"),
            format!("HTTP/1.1 303 See Other\r\ncontent-length: 0\r\n{DATE}"),
            format!("HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n{DATE}{{}}"),
            format!("HTTP/1.1 400 Bad Request\r\ncontent-length: 4\r\n{DATE}\r\n\r\n"),
            "\r\n\r\n".to_owned(),
            String::new(),
        ] {
            assert_eq!(found(&ours), None, "{ours}");
        }
    }

    #[test]
    fn a_part_of_it_is_not_found() {
        let whole = format!("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n{DATE}");
        for cut in 1..whole.len() {
            assert_eq!(found(&whole[cut..]), None);
            assert_eq!(found(&whole[..cut]), None);
        }
    }
}
