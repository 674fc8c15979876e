//! The listings of one round, and its buyers.

use std::net::SocketAddr;

use udam_testkit::{Client, SeededRng};

/// Number of servers.
pub(crate) const SERVERS: usize = 2;

/// The listings of a round, its buyers, and the addresses through which they reach the servers.
#[derive(Debug)]
pub(crate) struct Catalogue {
    pub(crate) listings: Vec<Listing>,
    pub(crate) buyers: Vec<Client>,
    pub(crate) servers: [SocketAddr; SERVERS],
}

/// A listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listing {
    pub(crate) id: String,
    /// Units on sale when the round begins.
    pub(crate) units: u32,
}

/// Index of the listing whose orders have no idempotency key. Each is for another number of units, which
/// identifies it instead.
pub(crate) const KEYLESS: usize = 0;

/// Index of a listing that never sells out.
pub(crate) const AMPLE: usize = 1;

/// Indexes of the listings, weighted by how often each is ordered.
pub(crate) const DEMAND: [(usize, usize); 5] = [(3, KEYLESS), (4, AMPLE), (4, 2), (5, 3), (5, 4)];

impl Catalogue {
    /// Units of each listing; the last two have fewer than are ordered.
    pub(crate) fn units(rng: &mut SeededRng) -> [u32; DEMAND.len()] {
        const ENOUGH: u32 = 1_000_000_000;
        let scarce = [rng.within(20..200), rng.within(200..1_000)];
        let [few, more] = scarce;
        [ENOUGH, ENOUGH, ENOUGH, few, more]
    }

    /// Whether a listing may sell out.
    pub(crate) fn is_scarce(listing: usize) -> bool {
        listing > 2
    }
}
