use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::Host;

/// Names that are never in the public DNS, nor are names that end with a dot and one of these: RFC 6761, RFC 6762,
/// RFC 8375 and ICANN's reservation of `internal`.
const PRIVATE_NAMES: [&str; 4] = ["localhost", "local", "home.arpa", "internal"];

/// Whether a host is reached from its own machine or network alone, as far as its name tells: by a reserved name, a
/// name without a dot, or an address that is not routed publicly (RFC 6890). A name that holds a variable of a template
/// may be any.
pub(super) fn is_private(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => is_private_name(&name.trim_end_matches('.').to_ascii_lowercase()),
        Host::Ipv4(address) => is_private_address(IpAddr::V4(*address)),
        Host::Ipv6(address) => is_private_address(IpAddr::V6(*address)),
    }
}

fn is_private_name(name: &str) -> bool {
    let is_below = |private: &str| {
        let rest = name.strip_suffix(private);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    let is_variable = name.contains("%7b") || name.contains('{');
    PRIVATE_NAMES.into_iter().any(is_below) || (!name.contains('.') && !is_variable)
}

fn is_private_address(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let shared = u32::from(address) >> 22 == u32::from(Ipv4Addr::new(100, 64, 0, 0)) >> 22;
            shared
                || address.octets()[0] == 0
                || address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_broadcast()
                || address.is_multicast()
        }
        IpAddr::V6(address) => {
            address == Ipv6Addr::UNSPECIFIED
                || address.is_loopback()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || address.is_multicast()
        }
    }
}
