//! The faults of a connection.

use std::time::Duration;

/// The direction in which bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From the client to the server.
    ToServer,
    /// From the server to the client.
    ToClient,
}

/// A fault of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProxyFault {
    /// The connection is cut at a point.
    Cut(Point, Disconnect),
    /// Everything that the server sends is delayed by this much.
    Delay(Duration),
}

/// The point at which a connection is cut, counted from the time when the fault was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Point {
    /// After this many bytes in one direction.
    Byte(Direction, usize),
    /// After `byte` bytes of the response with the zero-based number `nth`. A request is what the client
    /// sends after a response.
    Response { nth: usize, byte: usize },
    /// Before a request that contains this text is forwarded.
    BeforeRequest(&'static [u8]),
    /// After such a request has been forwarded as a whole, and `byte` bytes of the response to it.
    ResponseTo { text: &'static [u8], byte: usize },
}

/// Way in which a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disconnect {
    /// Both sides are closed in good order.
    Close,
    /// Both sides are reset.
    Reset,
    /// Nothing is forwarded for this long, and each side believes that the other is there.
    Silent(Duration),
}

/// Action on received bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Forward,
    ForwardAfter(Duration),
    /// Forward this many of them, and cut the connection.
    CutAfter(usize, Disconnect),
}
