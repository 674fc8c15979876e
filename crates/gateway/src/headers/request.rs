use actix_web::http::header as client;
use http::header::{HeaderMap, HeaderName, HeaderValue, VIA};

use super::OURS;
use super::hop_by_hop::HopByHop;
use crate::credential::holds_access_key;

/// Headers of clients that no service gets, in lower case.
const WITHHELD: [&str; 19] = [
    // The address is the service's.
    "host",
    // Credentials, and the cookies of this origin, which are all the marketplace's.
    "authorization",
    "cookie",
    "x-udam-key",
    // An answer that is encoded, or a part of one, hides what must not leave.
    "accept-encoding",
    "if-range",
    "range",
    // Answered by the server before it reads the body.
    "expect",
    // Said by proxies of proxies, and of clients.
    "cf-connecting-ip",
    "early-data",
    "fastly-client-ip",
    "forwarded",
    "true-client-ip",
    "via",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-original-url",
    "x-real-ip",
    "x-rewrite-url",
];

/// Beginnings of the names of more such headers.
const WITHHELD_FAMILIES: [&str; 2] = [OURS, "x-forwarded-"];

/// Headers of the opening handshake of a WebSocket. Extensions are not among them: a compressed message hides what must not
/// leave.
const WEBSOCKET: [&str; 3] = [
    "sec-websocket-key",
    "sec-websocket-protocol",
    "sec-websocket-version",
];

/// Name by which this gateway is known in `Via` (RFC 9110, section 7.6.3).
const PSEUDONYM: HeaderValue = HeaderValue::from_static("1.1 udam");

/// The headers of a client's request that its service gets. The key that it expects is not among them.
pub(crate) fn forwarded(headers: &client::HeaderMap, upgrades: bool) -> HeaderMap {
    let connection = headers.get_all(client::CONNECTION);
    let hop_by_hop = HopByHop::named_by(connection.map(client::HeaderValue::as_bytes));
    let mut passed = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let name = name.as_str();
        if hop_by_hop.has(name) || is_withheld(name, upgrades) || holds_access_key(value.as_bytes())
        {
            continue;
        }
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            passed.append(name, value);
        }
    }
    passed.insert(VIA, PSEUDONYM);
    passed
}

/// Whether a service does not get a header. Many take an underscore for a hyphen (RFC 3875, section 4.1.18).
fn is_withheld(name: &str, upgrades: bool) -> bool {
    let name = name.replace('_', "-");
    if name.starts_with("sec-websocket-") {
        return !(upgrades && WEBSOCKET.contains(&name.as_str()));
    }
    WITHHELD.contains(&name.as_str())
        || WITHHELD_FAMILIES
            .iter()
            .any(|family| name.starts_with(family))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(sent: &[(&'static str, &'static str)], upgrades: bool) -> Vec<String> {
        let mut headers = client::HeaderMap::new();
        for (name, value) in sent {
            let name = client::HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, client::HeaderValue::from_static(value));
        }
        let passed = forwarded(&headers, upgrades);
        let mut names: Vec<_> = passed.keys().map(|name| name.as_str().to_owned()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn headers_of_the_client_pass() {
        let sent = [
            ("Accept", "application/json"),
            ("Content-Type", "text/plain"),
            ("User-Agent", "x"),
            ("X-Custom", "1"),
            ("If-None-Match", "\"a\""),
            ("Origin", "https://b.example"),
        ];
        let expected = [
            "accept",
            "content-type",
            "if-none-match",
            "origin",
            "user-agent",
            "via",
            "x-custom",
        ];
        assert_eq!(names(&sent, false), expected);
    }

    #[test]
    fn a_header_with_several_values_keeps_them_in_order() {
        let mut headers = client::HeaderMap::new();
        for value in ["1", "2", "3"] {
            let name = client::HeaderName::from_static("x-many");
            headers.append(name, client::HeaderValue::from_static(value));
        }
        let passed = forwarded(&headers, false);
        let values: Vec<_> = passed.get_all("x-many").iter().collect();
        assert_eq!(values, ["1", "2", "3"]);
    }

    #[test]
    fn what_is_the_connections_the_marketplaces_or_made_up_stays_here() {
        let sent = [
            ("Connection", "close, X-Named , keep-alive"),
            ("Connection", "x-also"),
            ("X-Named", "1"),
            ("X-Also", "1"),
            ("Keep-Alive", "timeout=5"),
            ("Proxy-Connection", "keep-alive"),
            ("Proxy-Authorization", "Basic x"),
            ("TE", "trailers"),
            ("Trailer", "x"),
            ("Transfer-Encoding", "chunked"),
            ("Content-Length", "3"),
            ("Upgrade", "h2c"),
            ("HTTP2-Settings", "x"),
            ("Host", "market.example"),
            ("Authorization", "Basic abc"),
            ("Cookie", "__Host-udam_session=x"),
            ("X-UDAM-Key", "x"),
            ("Accept-Encoding", "gzip"),
            ("Range", "bytes=0-3"),
            ("If-Range", "x"),
            ("Expect", "100-continue"),
            ("Forwarded", "for=1.2.3.4"),
            ("X-Forwarded-For", "1.2.3.4"),
            ("X_Forwarded_For", "1.2.3.4"),
            ("X-Real-IP", "1.2.3.4"),
            ("Via", "1.1 proxy"),
            ("UDAM-Units", "1"),
            ("udam_call_id", "1"),
            ("Sec-WebSocket-Key", "x"),
            ("X-Spare-Key", "Token udk_0123456789"),
        ];
        assert_eq!(names(&sent, false), ["via"]);
    }

    #[test]
    fn a_web_socket_is_opened_without_extensions() {
        let sent = [
            ("Connection", "Upgrade"),
            ("Upgrade", "websocket"),
            ("Sec-WebSocket-Key", "x"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Protocol", "chat"),
            ("Sec-WebSocket-Extensions", "permessage-deflate"),
        ];
        let expected = [
            "sec-websocket-key",
            "sec-websocket-protocol",
            "sec-websocket-version",
            "via",
        ];
        assert_eq!(names(&sent, true), expected);
    }
}
