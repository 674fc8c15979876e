use url::Host;

use super::public_address::is_public_address;

/// Names that are never in the public DNS, nor are names that end with a dot and one of these: RFC 6761, RFC 6762,
/// RFC 8375 and ICANN's reservation of `internal`.
const PRIVATE_NAMES: [&str; 4] = ["localhost", "local", "home.arpa", "internal"];

/// Whether a host is reached from its own machine or network alone, as far as its name tells: by a reserved name, a
/// name without a dot, or an address that is not routed publicly. A name that holds a variable of a template
/// may be any.
pub(super) fn is_private(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => is_private_name(&name.trim_end_matches('.').to_ascii_lowercase()),
        Host::Ipv4(address) => !is_public_address((*address).into()),
        Host::Ipv6(address) => !is_public_address((*address).into()),
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
