//! The address of a request's client. Limits, records and pages all use this one.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str;

use actix_web::HttpRequest;
use actix_web::http::header::X_FORWARDED_FOR;

use crate::trusted_proxies::TrustedProxies;

/// The client's address: the peer's, or, if the peer is a trusted proxy, the address that it forwards
/// for. Each proxy appends its own peer to `X-Forwarded-For`, and what comes before may be forged: the
/// last address that is not a trusted proxy's counts.
pub(crate) fn client_address(request: &HttpRequest, trusted: &TrustedProxies) -> Option<IpAddr> {
    let mut client = request.peer_addr()?.ip().to_canonical();
    let lines = request.headers().get_all(X_FORWARDED_FOR).rev();
    // As bytes: what a client has forged must not spoil what a proxy has appended.
    let mut entries = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    while trusted.contains(&client) {
        let Some(address) = entries.next().and_then(address) else {
            break;
        };
        client = address;
    }
    Some(client)
}

/// Parses one entry. Some proxies append the port, and some put IPv6 addresses in brackets without one.
fn address(entry: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(entry).ok()?.trim();
    let bracketed = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    if let Some(text) = bracketed {
        let address: Ipv6Addr = text.parse().ok()?;
        return Some(IpAddr::V6(address).to_canonical());
    }
    let with_port = || text.parse().map(|address: SocketAddr| address.ip());
    let address = text.parse().or_else(|_no_address| with_port()).ok()?;
    Some(IpAddr::to_canonical(&address))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use actix_web::test::TestRequest;

    use super::*;

    const PROXIES: &str = "10.0.0.0/8, 192.0.2.1/32, 2001:db8:1::/48";

    /// The caller of a request that comes from this peer with these lines of `X-Forwarded-For`.
    fn client_of(peer: &str, lines: &[&[u8]]) -> String {
        let peer: IpAddr = peer.parse().unwrap();
        let mut request = TestRequest::get().peer_addr((peer, 4711).into());
        for line in lines {
            let value = HeaderValue::from_bytes(line).unwrap();
            request = request.append_header((X_FORWARDED_FOR, value));
        }
        let trusted = PROXIES.parse().unwrap();
        let client = client_address(&request.to_http_request(), &trusted);
        client.unwrap().to_string()
    }

    #[test]
    fn a_peer_that_is_not_trusted_is_the_client_whatever_it_forwards() {
        for peer in ["198.51.100.7", "192.0.2.2", "2001:db8:2::1"] {
            assert_eq!(client_of(peer, &[]), peer);
            assert_eq!(client_of(peer, &[b"203.0.113.9"]), peer);
            assert_eq!(client_of(peer, &[b"203.0.113.9, 10.0.0.1"]), peer);
        }
    }

    #[test]
    fn a_trusted_proxy_calls_for_the_last_that_it_names() {
        for proxy in ["10.0.0.1", "192.0.2.1", "::ffff:10.0.0.1", "2001:db8:1::1"] {
            assert_eq!(client_of(proxy, &[b"198.51.100.7"]), "198.51.100.7");
            let spoofed = b"203.0.113.9, 198.51.100.7";
            assert_eq!(client_of(proxy, &[spoofed]), "198.51.100.7");
        }
    }

    #[test]
    fn proxies_in_a_row_call_for_whom_the_first_names() {
        let through_two = b"203.0.113.9, 198.51.100.7 ,10.0.0.2,192.0.2.1";
        assert_eq!(client_of("10.0.0.1", &[through_two]), "198.51.100.7");
        // A client within the networks of the proxies.
        assert_eq!(client_of("10.0.0.1", &[b"10.0.0.3, 10.0.0.2"]), "10.0.0.3");
    }

    #[test]
    fn lines_are_read_as_one() {
        let lines: [&[u8]; 3] = [b"203.0.113.9", b"198.51.100.7, 10.0.0.3", b"10.0.0.2"];
        assert_eq!(client_of("10.0.0.1", &lines), "198.51.100.7");
    }

    #[test]
    fn addresses_are_canonical() {
        for (entry, address) in [
            (&b"2001:DB8::7"[..], "2001:db8::7"),
            (b"::ffff:198.51.100.7", "198.51.100.7"),
            (b"198.51.100.7:4711", "198.51.100.7"),
            (b"[2001:db8::7]:4711", "2001:db8::7"),
            (b"[2001:DB8::8]", "2001:db8::8"),
            (b"203.0.113.9, [::ffff:198.51.100.7]", "198.51.100.7"),
            (b"198.51.100.7, ::ffff:10.0.0.2", "198.51.100.7"),
        ] {
            assert_eq!(client_of("10.0.0.1", &[entry]), address);
        }
    }

    #[test]
    fn the_search_ends_at_an_entry_that_is_no_address() {
        for garbage in [
            &b""[..],
            b"unknown",
            b"[198.51.100.7]",
            b"[2001:db8::7",
            b"198.51.100.7;",
            b"198.51.100.7 10.0.0.2",
            b"\xff",
            b",",
        ] {
            assert_eq!(
                client_of("10.0.0.1", &[b"203.0.113.9", garbage]),
                "10.0.0.1"
            );
            let added = [garbage, b", 10.0.0.2"].concat();
            assert_eq!(client_of("10.0.0.1", &[&added]), "10.0.0.2");
            let added = [garbage, b", 198.51.100.7"].concat();
            assert_eq!(client_of("10.0.0.1", &[&added]), "198.51.100.7");
        }
    }

    #[test]
    fn without_trusted_proxies_the_peer_is_the_client() {
        let request = TestRequest::get().insert_header((X_FORWARDED_FOR, "203.0.113.9"));
        assert_eq!(
            client_address(&request.to_http_request(), &TrustedProxies::default()),
            None
        );
        let request = TestRequest::get()
            .peer_addr("[::ffff:192.0.2.1]:4711".parse().unwrap())
            .insert_header((X_FORWARDED_FOR, "203.0.113.9"));
        let peer = "192.0.2.1".parse().ok();
        assert_eq!(
            client_address(&request.to_http_request(), &TrustedProxies::default()),
            peer
        );
    }
}
