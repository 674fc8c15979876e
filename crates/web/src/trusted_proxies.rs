use std::net::IpAddr;
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net};
use thiserror::Error;

/// Length of the prefix of IPv4 addresses that are written as IPv6.
const MAPPED: u8 = 96;

/// The proxies whose `X-Forwarded-For` is trusted. Its text form is addresses and networks, separated by commas.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrustedProxies(Vec<IpNet>);

/// Why a text does not name proxies that can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ParseTrustedProxiesError {
    /// An entry is neither an address nor a network.
    #[error("must be IP addresses or networks with commas between, such as 10.0.0.0/8")]
    Form,
    /// A network contains every address.
    #[error("must be less than everybody, who could each choose an address to come from")]
    Everybody,
}

impl TrustedProxies {
    /// Whether no proxy is trusted.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this is the address of a trusted proxy.
    #[must_use]
    pub fn contains(&self, address: &IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

impl FromStr for TrustedProxies {
    type Err = ParseTrustedProxiesError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let networks = text.split(',').map(|entry| one(entry.trim()));
        networks.collect::<Result<_, _>>().map(Self)
    }
}

fn one(text: &str) -> Result<IpNet, ParseTrustedProxiesError> {
    let network = text.parse::<IpAddr>().map(IpNet::from);
    let network = network.or_else(|_no_address| text.parse::<IpNet>());
    let network = network.map_err(|_no_network| ParseTrustedProxiesError::Form)?;
    let network = canonical(network);
    if network.prefix_len() == 0 {
        return Err(ParseTrustedProxiesError::Everybody);
    }
    Ok(network)
}

/// The network in the form that clients' addresses are compared in.
fn canonical(network: IpNet) -> IpNet {
    let IpNet::V6(v6) = network else {
        return network.trunc();
    };
    let mapped = v6.addr().to_ipv4_mapped();
    let mapped = mapped.zip(v6.prefix_len().checked_sub(MAPPED));
    mapped
        .and_then(|(address, length)| Ipv4Net::new(address, length).ok())
        .map_or(network, IpNet::V4)
        .trunc()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_are_read_in_one_form_each() {
        for (text, expected) in [
            ("192.0.2.1", "192.0.2.1/32"),
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("2001:db8::1", "2001:db8::1/128"),
            ("2001:db8::1/32", "2001:db8::/32"),
            ("::ffff:192.0.2.1", "192.0.2.1/32"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
        ] {
            let expected: IpNet = expected.parse().unwrap();
            let parsed: TrustedProxies = text.parse().unwrap();
            assert_eq!(parsed.0, [expected], "{text}");
        }
        let several: TrustedProxies = "192.0.2.1,2001:db8::/32 , 10.0.0.0/8".parse().unwrap();
        assert_eq!(several.0.len(), 3);
    }

    #[test]
    fn a_list_of_proxies_that_is_invalid_or_covers_every_address_is_rejected() {
        for text in [
            ",",
            "10.0.0.1,",
            "10.0.0.1 10.0.0.2",
            "localhost",
            "10.0.0.1:80",
            "10.0.0.0/33",
            "10.0.0/8",
            "0.0.0.0/0",
            "::/0",
            "::ffff:0.0.0.0/96",
        ] {
            assert!(text.parse::<TrustedProxies>().is_err(), "{text}");
        }
    }
}
