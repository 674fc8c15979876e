//! What is on sale in one round, and who buys.

use std::net::SocketAddr;

use udam_e2e::Client;

use crate::chance::Chance;
use crate::town::SERVERS;

/// The listings of a round, its buyers, and the ways to the servers.
#[derive(Debug)]
pub(crate) struct Fair {
    pub(crate) stalls: Vec<Stall>,
    pub(crate) buyers: Vec<Client>,
    pub(crate) servers: [SocketAddr; SERVERS],
}

/// A listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stall {
    pub(crate) listing: String,
    /// How many units it has at first.
    pub(crate) units: u32,
}

/// The stall of orders without idempotency keys. Each is for another number of units, by which it is
/// told from all others.
pub(crate) const KEYLESS: usize = 0;

/// A stall that never sells out.
pub(crate) const AMPLE: usize = 1;

/// Stalls, each as often as it is bought from.
pub(crate) const DEMAND: [(usize, usize); 5] = [(3, KEYLESS), (4, AMPLE), (4, 2), (5, 3), (5, 4)];

impl Fair {
    /// How many units each stall has: the last two less than is wanted.
    pub(crate) fn units(chance: &mut Chance) -> [u32; DEMAND.len()] {
        const ENOUGH: u32 = 1_000_000_000;
        let scarce = [chance.within(20..200), chance.within(200..1_000)];
        let [few, more] = scarce;
        [ENOUGH, ENOUGH, ENOUGH, few, more]
    }

    /// Whether a stall may sell out.
    pub(crate) fn is_scarce(stall: usize) -> bool {
        stall > 2
    }
}
