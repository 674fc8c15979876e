use super::digest::DeviceDigest;
use super::network::Network;
use crate::id::SessionId;
use crate::time::SignedDuration;

/// A place that an account has logged in from, and is recognized by the next time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LogInPlace {
    /// A browser, by the secret in its cookie.
    Device(DeviceDigest),
    /// A network.
    Network(Network),
}

/// Group of clients whose attempts at an account's password, or second factor, are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttemptSource {
    /// All clients that the account has never logged in from.
    Strangers,
    /// A place that it has logged in from.
    Place(LogInPlace),
    /// A session of the account, which has to give the password or a code again.
    Session(SessionId),
}

impl LogInPlace {
    /// Time after the last login at which an account is no longer recognized by a place.
    pub const KEPT_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

    /// Most places that an account is recognized by, the latest ones.
    pub const MOST: i64 = 100;
}

impl AttemptSource {
    /// The source of an attempt by a client that is at `places`, the surest first, of which the account has
    /// logged in from those in `known`.
    #[must_use]
    pub fn of_client(places: &[LogInPlace], known: &[LogInPlace]) -> Self {
        let place = places.iter().find(|place| known.contains(place));
        place.map_or(Self::Strangers, |place| Self::Place(*place))
    }
}
