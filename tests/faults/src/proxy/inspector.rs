//! Finds in the bytes of a connection the point at which its fault occurs.

use super::fault::{Action, Direction, Point, ProxyFault};

/// Follows the bytes of one connection until its fault occurs.
#[derive(Debug, Default)]
pub(super) struct Inspector {
    fault: Option<ProxyFault>,
    /// Whether the fault has been counted.
    counted: bool,
    bytes_to_server: usize,
    bytes_to_client: usize,
    /// Whether the client has sent something since the last response.
    requested: bool,
    responses: usize,
    /// Whether the response that counts has begun, or may begin with the next bytes.
    in_response: bool,
    /// Bytes of that response so far.
    response_bytes: usize,
    /// The last bytes sent to the server: a text may arrive in two pieces.
    tail: Vec<u8>,
}

impl Inspector {
    pub(super) fn new(fault: Option<ProxyFault>) -> Self {
        Self {
            fault,
            ..Self::default()
        }
    }

    /// Whether this action is the first effect of the fault: `true` once.
    pub(super) fn is_first_effect(&mut self, action: Action) -> bool {
        let first = action != Action::Forward && !self.counted;
        self.counted |= first;
        first
    }

    /// Inspects bytes that have arrived and have not been forwarded yet.
    pub(super) fn inspect(&mut self, direction: Direction, bytes: &[u8]) -> Action {
        let action = match self.fault {
            Some(ProxyFault::Delay(by)) if direction == Direction::ToClient => {
                return Action::ForwardAfter(by);
            }
            None | Some(ProxyFault::Delay(_)) => return Action::Forward,
            Some(ProxyFault::Cut(point, disconnect)) => self
                .reaches(point, direction, bytes)
                .map_or(Action::Forward, |after| Action::CutAfter(after, disconnect)),
        };
        let counted = match direction {
            Direction::ToServer => &mut self.bytes_to_server,
            Direction::ToClient => &mut self.bytes_to_client,
        };
        *counted = counted.saturating_add(bytes.len());
        action
    }

    /// The number of bytes before the point, if it is among them.
    fn reaches(&mut self, point: Point, direction: Direction, bytes: &[u8]) -> Option<usize> {
        let to_client = direction == Direction::ToClient;
        match point {
            Point::Byte(counted, at) => {
                let forwarded = if to_client {
                    self.bytes_to_client
                } else {
                    self.bytes_to_server
                };
                (counted == direction).then(|| offset_of(at, forwarded, bytes))?
            }
            Point::Response { nth, byte } => {
                let begins = to_client && self.requested;
                self.requested = !to_client;
                self.in_response |= begins && self.responses == nth;
                self.responses = self.responses.saturating_add(begins.into());
                self.reaches_in_response(byte, direction, bytes)
            }
            Point::BeforeRequest(text) => (!to_client && self.contains(text, bytes)).then_some(0),
            Point::ResponseTo { text, byte } => {
                self.in_response |= !to_client && self.contains(text, bytes);
                self.reaches_in_response(byte, direction, bytes)
            }
        }
    }

    fn reaches_in_response(
        &mut self,
        byte: usize,
        direction: Direction,
        bytes: &[u8],
    ) -> Option<usize> {
        if direction == Direction::ToServer || !self.in_response {
            return None;
        }
        let forwarded = self.response_bytes;
        self.response_bytes = forwarded.saturating_add(bytes.len());
        offset_of(byte, forwarded, bytes)
    }

    /// Whether the text ends in these bytes.
    fn contains(&mut self, text: &[u8], bytes: &[u8]) -> bool {
        self.tail.extend_from_slice(bytes);
        let found = self.tail.windows(text.len()).any(|window| window == text);
        let kept = self.tail.len().min(text.len().saturating_sub(1));
        self.tail.drain(..self.tail.len().saturating_sub(kept));
        found
    }
}

/// The offset in `bytes` of the byte with the zero-based number `at`, if it is among them.
fn offset_of(at: usize, forwarded: usize, bytes: &[u8]) -> Option<usize> {
    let left = at.saturating_sub(forwarded);
    (left < bytes.len()).then_some(left)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::proxy::Disconnect;

    const FORWARD: Action = Action::Forward;
    const CUT_HERE: Action = Action::CutAfter(0, Disconnect::Close);

    fn inspector(point: Point) -> Inspector {
        Inspector::new(Some(ProxyFault::Cut(point, Disconnect::Close)))
    }

    #[test]
    fn a_byte_is_found_in_any_piece() {
        let mut inspector = inspector(Point::Byte(Direction::ToServer, 5));
        assert_eq!(inspector.inspect(Direction::ToServer, b"abc"), FORWARD);
        assert_eq!(inspector.inspect(Direction::ToClient, b"abcdefgh"), FORWARD);
        assert_eq!(
            inspector.inspect(Direction::ToServer, b"defg"),
            Action::CutAfter(2, Disconnect::Close)
        );
    }

    #[test]
    fn a_response_is_distinguished_from_those_before_it() {
        let mut inspector = inspector(Point::Response { nth: 1, byte: 0 });
        for (direction, action) in [
            (Direction::ToServer, FORWARD),
            (Direction::ToServer, FORWARD),
            (Direction::ToClient, FORWARD),
            (Direction::ToClient, FORWARD),
            (Direction::ToServer, FORWARD),
            (Direction::ToClient, CUT_HERE),
        ] {
            assert_eq!(inspector.inspect(direction, b"text"), action);
        }
    }

    #[test]
    fn a_response_shorter_than_expected_does_not_spare_the_connection() {
        let mut inspector = inspector(Point::Response { nth: 0, byte: 6 });
        assert_eq!(inspector.inspect(Direction::ToServer, b"?"), FORWARD);
        assert_eq!(inspector.inspect(Direction::ToClient, b"1234"), FORWARD);
        assert_eq!(inspector.inspect(Direction::ToServer, b"?"), FORWARD);
        assert_eq!(
            inspector.inspect(Direction::ToClient, b"1234"),
            Action::CutAfter(2, Disconnect::Close)
        );
    }

    #[test]
    fn a_text_is_found_across_two_pieces() {
        let mut inspector = inspector(Point::BeforeRequest(b"COMMIT"));
        assert_eq!(inspector.inspect(Direction::ToServer, b"COM"), FORWARD);
        assert_eq!(inspector.inspect(Direction::ToClient, b"COMMIT"), FORWARD);
        assert_eq!(inspector.inspect(Direction::ToServer, b"MIT"), CUT_HERE);
    }

    #[test]
    fn the_response_to_a_text_is_cut_and_the_request_is_not() {
        let mut inspector = inspector(Point::ResponseTo {
            text: b"COMMIT",
            byte: 3,
        });
        assert_eq!(inspector.inspect(Direction::ToServer, b"BEGIN"), FORWARD);
        assert_eq!(
            inspector.inspect(Direction::ToClient, b"BEGIN done"),
            FORWARD
        );
        assert_eq!(inspector.inspect(Direction::ToServer, b"COMMIT"), FORWARD);
        assert_eq!(
            inspector.inspect(Direction::ToClient, b"COMMIT done"),
            Action::CutAfter(3, Disconnect::Close)
        );
    }

    #[test]
    fn a_delay_applies_to_responses_only() {
        let mut inspector = Inspector::new(Some(ProxyFault::Delay(Duration::from_millis(3))));
        assert_eq!(inspector.inspect(Direction::ToServer, b"?"), FORWARD);
        let late = Action::ForwardAfter(Duration::from_millis(3));
        assert_eq!(inspector.inspect(Direction::ToClient, b"!"), late);
    }
}
