use std::net::{IpAddr, Ipv6Addr};

use crate::time::{Date, Timestamp, day_of};

/// Network of a client, by which clients are told apart: an IPv4 address, or the first 64 bits of an IPv6
/// address, all of which one household or one machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Network(IpAddr);

impl Network {
    /// Returns the network that an address belongs to. An IPv4 address that is mapped to IPv6 is taken for
    /// itself.
    #[must_use]
    pub const fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
            }
            v4 @ IpAddr::V4(_) => v4,
        })
    }

    /// Returns the first address of the network.
    #[must_use]
    pub const fn address(self) -> IpAddr {
        self.0
    }

    /// Returns this network on the day of an instant.
    #[must_use]
    pub fn on_day_of(self, instant: Timestamp) -> NetworkDay {
        NetworkDay {
            network: self,
            day: day_of(instant),
        }
    }
}

/// A network on one day, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NetworkDay {
    /// The network.
    pub network: Network,
    /// The day.
    pub day: Date,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str) -> String {
        let network = Network::of(address.parse().unwrap());
        network.address().to_string()
    }

    #[test]
    fn clients_of_one_network_are_alike() {
        assert_eq!(network("198.51.100.7"), "198.51.100.7");
        assert_eq!(network("::ffff:198.51.100.7"), "198.51.100.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("2001:db8:1:2::"), "2001:db8:1:2::");
        assert_ne!(network("2001:db8:1:3::"), network("2001:db8:1:2::"));
    }
}
