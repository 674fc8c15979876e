//! Variables that Kubernetes sets in every container for the Services of its namespace.
//!
//! A Service named `udam`, or `udam-postgres`, gives names that begin like settings. They say where the
//! Service is and are no settings: <https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables>.

use std::net::{IpAddr, SocketAddr};

const PROTOCOLS: [&str; 3] = ["TCP", "UDP", "SCTP"];

/// Whether Kubernetes sets a variable of this name to such a value for some Service.
///
/// The value has to fit, because `UDAM_PORT=8080` is a setting that somebody looked for.
pub(crate) fn is_service_link(name: &str, value: &str) -> bool {
    if name.ends_with("_SERVICE_HOST") {
        return value.parse::<IpAddr>().is_ok();
    }
    // Ports of a Service may have names, which follow.
    if name.ends_with("_SERVICE_PORT") || name.contains("_SERVICE_PORT_") {
        return is_port(value);
    }
    if name.ends_with("_PORT") && is_link(value, None) {
        return true;
    }
    port_variable(name).is_some_and(|(protocol, part)| match part {
        "" => is_link(value, Some(protocol)),
        "_PROTO" => value.eq_ignore_ascii_case(protocol),
        "_PORT" => is_port(value),
        "_ADDR" => value.parse::<IpAddr>().is_ok(),
        _ => false,
    })
}

/// Reads `…_PORT_80_TCP_ADDR`: its protocol, and what follows it.
fn port_variable(name: &str) -> Option<(&'static str, &str)> {
    name.match_indices("_PORT_").find_map(|(at, mark)| {
        let rest = name.get(at..)?.strip_prefix(mark)?;
        let (port, rest) = rest.split_once('_')?;
        let protocol = PROTOCOLS
            .into_iter()
            .find(|protocol| rest.starts_with(protocol))?;
        is_port(port).then_some((protocol, rest.strip_prefix(protocol)?))
    })
}

/// Whether a value reads `tcp://10.0.0.1:80` or `tcp://[fd00::1]:80`, with this protocol if one is given.
fn is_link(value: &str, protocol: Option<&str>) -> bool {
    value.split_once("://").is_some_and(|(scheme, address)| {
        PROTOCOLS.iter().any(|known| {
            protocol.is_none_or(|protocol| protocol == *known) && scheme.eq_ignore_ascii_case(known)
        }) && address.parse::<SocketAddr>().is_ok()
    })
}

fn is_port(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_digit()) && value.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kubernetes_sets_for_a_service_is_recognised() {
        for (name, value) in [
            ("UDAM_SERVICE_HOST", "10.0.0.1"),
            ("UDAM_SERVICE_HOST", "fd00::1"),
            ("UDAM_SERVICE_PORT", "80"),
            ("UDAM_SERVICE_PORT_HTTP", "80"),
            ("UDAM_SERVICE_PORT_ADMIN_METRICS", "9090"),
            ("UDAM_PORT", "tcp://10.0.0.1:80"),
            ("UDAM_PORT", "udp://[fd00::1]:53"),
            ("UDAM_PORT_80_TCP", "tcp://10.0.0.1:80"),
            ("UDAM_PORT_80_TCP_PROTO", "tcp"),
            ("UDAM_PORT_80_TCP_PORT", "80"),
            ("UDAM_PORT_80_TCP_ADDR", "10.0.0.1"),
            ("UDAM_POSTGRES_SERVICE_HOST", "10.96.4.7"),
            ("UDAM_POSTGRES_PORT", "tcp://10.96.4.7:5432"),
            ("UDAM_POSTGRES_PORT_5432_TCP_ADDR", "10.96.4.7"),
            ("UDAM_PORT_80_PORT_9000_SCTP", "sctp://10.0.0.1:9000"),
        ] {
            assert!(is_service_link(name, value), "{name}={value}");
        }
    }

    #[test]
    fn a_value_that_kubernetes_would_not_set_is_no_service_link() {
        for (name, value) in [
            ("UDAM_PORT", "8080"),
            ("UDAM_PORT", "http://10.0.0.1:80"),
            ("UDAM_PORT", "tcp://db:80"),
            ("UDAM_SERVICE_HOST", "market.example.com"),
            ("UDAM_SERVICE_PORT", "eighty"),
            ("UDAM_SERVICE_PORT", "+80"),
            ("UDAM_SERVICE_PORT", "65536"),
            ("UDAM_SERVICE_PORT", ""),
            ("UDAM_PORT_80_TCP", "udp://10.0.0.1:80"),
            ("UDAM_PORT_80_TCP_ADDR", "80"),
            ("UDAM_PORT_80_TCPX", "tcp://10.0.0.1:80"),
            ("UDAM_PORT_HTTP_TCP", "tcp://10.0.0.1:80"),
            ("UDAM_LISTNE", "10.0.0.1"),
        ] {
            assert!(!is_service_link(name, value), "{name}={value}");
        }
    }
}
