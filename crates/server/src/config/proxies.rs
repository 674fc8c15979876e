//! The proxies that are believed about whom they call for.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

/// What an IPv4 address begins with that is written as one of IPv6.
const MAPPED: u8 = 96;

/// Reads addresses and networks with commas between.
///
/// # Errors
/// A sentence for the person who wrote it.
pub(super) fn parse(text: &str) -> Result<Vec<IpNet>, &'static str> {
    text.split(',').map(|entry| one(entry.trim())).collect()
}

fn one(text: &str) -> Result<IpNet, &'static str> {
    let network = text.parse::<IpAddr>().map(IpNet::from);
    let network = network.or_else(|_no_address| text.parse::<IpNet>());
    let network = network.map_err(
        |_no_network| "must be IP addresses or networks with commas between, such as 10.0.0.0/8",
    )?;
    let network = canonical(network);
    if network.prefix_len() == 0 {
        return Err("must be less than everybody, who could each choose an address to come from");
    }
    Ok(network)
}

/// In the form in which callers' addresses are looked at.
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
            assert_eq!(parse(text), Ok(vec![expected]), "{text}");
        }
        let several = parse("192.0.2.1,2001:db8::/32 , 10.0.0.0/8").unwrap();
        assert_eq!(several.len(), 3);
    }

    #[test]
    fn what_is_no_list_of_addresses_or_takes_in_everybody_is_refused() {
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
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
