//! The first request of a connection, if it is a `POST` without a body by HTTP/1.0.
//!
//! A request without a length has no body (RFC 9112, section 6.3). The HTTP library refuses such a `POST` by HTTP/1.0, which is
//! what nginx sends unless it is told otherwise. It gets the length that it means. Only the first request of a
//! connection is looked at: what comes later could be a part of a body, and HTTP/1.0 has one request for each connection.

use bytes::{Buf, BytesMut};
use tokio::io::ReadBuf;

const POST: &[u8] = b"POST ";
const HTTP_1_0: &[u8] = b" HTTP/1.0";
const NO_BODY: &[u8] = b"Content-Length: 0\r\n";

/// Most bytes that are held back, as many as the HTTP library reads of a head.
const LARGEST: usize = 128 * 1024;

/// Bytes that a connection has received before its first head is known to be complete.
#[derive(Debug)]
pub(super) enum FirstHead {
    /// These bytes are held back until there are more.
    Receiving(BytesMut),
    /// These bytes are to be read before those that follow.
    Releasing(BytesMut),
    /// Everything is read as it comes.
    Read,
}

impl FirstHead {
    pub(super) fn new() -> Self {
        Self::Receiving(BytesMut::new())
    }

    /// Takes what has been read into `buffer` after its first `before` bytes, and leaves there what may be passed on. Returns
    /// whether that is the case; otherwise more has to be read.
    pub(super) fn receive(&mut self, buffer: &mut ReadBuf<'_>, before: usize) -> bool {
        let Self::Receiving(held) = self else {
            return true;
        };
        let received = buffer.filled().get(before..).unwrap_or_default();
        let is_end = received.is_empty();
        if held.is_empty() && (is_end || inspect(received) == Completeness::Complete) {
            *self = Self::Read;
            return true;
        }
        held.extend_from_slice(received);
        buffer.set_filled(before);
        let completeness = if is_end {
            Completeness::Complete
        } else {
            inspect(held)
        };
        let mut held = std::mem::take(held);
        match completeness {
            Completeness::Unknown => {
                *self = Self::Receiving(held);
                return false;
            }
            Completeness::LacksLength { at } => {
                let headers = held.split_off(at);
                held.extend_from_slice(NO_BODY);
                held.unsplit(headers);
            }
            Completeness::Complete => {}
        }
        *self = Self::Releasing(held);
        self.release(buffer)
    }

    /// Puts held bytes into the buffer. Returns whether there were any.
    pub(super) fn release(&mut self, buffer: &mut ReadBuf<'_>) -> bool {
        let Self::Releasing(held) = self else {
            return false;
        };
        let length = held.len().min(buffer.remaining());
        buffer.put_slice(&held.split_to(length));
        if !held.has_remaining() {
            *self = Self::Read;
        }
        length > 0
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Completeness {
    /// More has to arrive before it can be told.
    Unknown,
    /// It is fine as it is, or another's to refuse.
    Complete,
    /// It lacks a length, which may be inserted here.
    LacksLength { at: usize },
}

fn inspect(received: &[u8]) -> Completeness {
    let unknown = if received.len() < LARGEST {
        Completeness::Unknown
    } else {
        Completeness::Complete
    };
    let start = received.get(..POST.len()).unwrap_or(received);
    if !POST.starts_with(start) {
        return Completeness::Complete;
    }
    let mut lines = Lines(received);
    let Some(request_line) = lines.next() else {
        return unknown;
    };
    if !request_line.ends_with(HTTP_1_0) {
        return Completeness::Complete;
    }
    let at = received.len().saturating_sub(lines.0.len());
    for line in lines {
        if line.is_empty() {
            return Completeness::LacksLength { at };
        }
        let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
        let has_length = ["content-length", "transfer-encoding"]
            .iter()
            .any(|known| name.trim_ascii().eq_ignore_ascii_case(known.as_bytes()));
        if has_length {
            return Completeness::Complete;
        }
    }
    unknown
}

/// Lines that have ended, without their ends.
struct Lines<'bytes>(&'bytes [u8]);

impl<'bytes> Iterator for Lines<'bytes> {
    type Item = &'bytes [u8];

    fn next(&mut self) -> Option<Self::Item> {
        let end = self.0.iter().position(|byte| *byte == b'\n')?;
        let (line, rest) = self.0.split_at_checked(end)?;
        self.0 = rest.get(1..).unwrap_or_default();
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is read of these bytes, which arrive in two parts, `size` at a time where they were held back.
    fn read(sent: &str, cut: usize, size: usize) -> String {
        let (first, second) = sent.split_at(cut);
        let (mut head, mut read) = (FirstHead::new(), Vec::new());
        let (mut space, mut small) = (vec![0; sent.len() + NO_BODY.len()], vec![0; size]);
        for part in [first, second].into_iter().filter(|part| !part.is_empty()) {
            let mut buffer = ReadBuf::new(&mut space);
            buffer.put_slice(part.as_bytes());
            if head.receive(&mut buffer, 0) {
                read.extend_from_slice(buffer.filled());
            }
            let mut buffer = ReadBuf::new(&mut small);
            while head.release(&mut buffer) {
                read.extend_from_slice(buffer.filled());
                buffer.clear();
            }
        }
        String::from_utf8(read).unwrap()
    }

    #[test]
    fn a_post_by_http_1_0_without_a_length_gets_one() {
        let sent = "POST /v1/tab/checkout HTTP/1.0\r\nHost: x\r\nConnection: close\r\n\r\n";
        let expected = "POST /v1/tab/checkout HTTP/1.0\r\nContent-Length: 0\r\nHost: x\r\n\
            Connection: close\r\n\r\n";
        for cut in 0..sent.len() {
            assert_eq!(read(sent, cut, 16), expected, "{cut}");
        }
        assert_eq!(
            read("POST / HTTP/1.0\n\n", 3, 1),
            "POST / HTTP/1.0\nContent-Length: 0\r\n\n"
        );
    }

    #[test]
    fn every_other_request_is_read_as_it_comes() {
        for sent in [
            "POST / HTTP/1.1\r\nHost: x\r\n\r\n",
            "POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}",
            "POST / HTTP/1.0\r\nHost: x\r\ncontent-LENGTH : 2\r\n\r\n{}",
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "GET / HTTP/1.0\r\n\r\n",
            "PUT / HTTP/1.0\r\n\r\n",
            "POSTAL / HTTP/1.0\r\n\r\n",
            "\r\n\r\n",
            "\u{16}\u{3}\u{1}",
        ] {
            for cut in 0..sent.len() {
                assert_eq!(read(sent, cut, 16), sent, "{cut}");
            }
        }
    }

    #[test]
    fn a_head_that_never_ends_is_passed_on() {
        let sent = format!("POST / HTTP/1.0\r\nX: {}", "x".repeat(LARGEST));
        assert_eq!(read(&sent, 0, 4_096), sent);
    }

    #[test]
    fn what_arrives_before_the_connection_ends_is_passed_on() {
        let mut head = FirstHead::new();
        let mut space = [0; 16];
        let mut buffer = ReadBuf::new(&mut space);
        buffer.put_slice(b"POST / HTTP");
        assert!(!head.receive(&mut buffer, 0));
        assert!(head.receive(&mut buffer, 0));
        assert_eq!(buffer.filled(), b"POST / HTTP");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_whatever_is_sent(line in "(POST|GET) [ -~]{0,9} HTTP/1\\.[01]", rest in "[ -~\r\n]{0,40}", cut in 0_usize..50) {
            let sent = format!("{line}\r\n{rest}\r\n\r\n");
            let read = read(&sent, cut.min(sent.len()), 8);
            prop_assert_eq!(read.replacen("Content-Length: 0\r\n", "", 1), sent);
        }
    }
}
