use actix_web::http::header::{HeaderMap as ClientHeaders, HeaderName, HeaderValue};
use http::HeaderMap;
use http::header::CACHE_CONTROL;

use super::OURS;
use super::caching::private;
use super::hop_by_hop::HopByHop;
use super::location::{Addresses, LOCATIONS};
use crate::cross_origin::share;
use crate::redact::Secrets;

/// Headers of a service's answer that would act beyond it, on the origin of the marketplace or on a proxy before it, in
/// lower case.
const WITHHELD: [&str; 34] = [
    // What a browser keeps for the origin.
    "accept-ch",
    "activate-storage-access",
    "alt-svc",
    "clear-site-data",
    "content-security-policy-report-only",
    "critical-ch",
    "expect-ct",
    "nel",
    "origin-agent-cluster",
    "public-key-pins",
    "public-key-pins-report-only",
    "report-to",
    "reporting-endpoints",
    "service-worker-allowed",
    "set-cookie",
    "set-cookie2",
    "set-login",
    "speculation-rules",
    "strict-transport-security",
    "use-as-dictionary",
    "available-dictionary",
    // What a browser does at once, elsewhere.
    "refresh",
    // What a proxy or a cache does with the answer.
    "cdn-cache-control",
    "cloudflare-cdn-cache-control",
    "edge-control",
    "surrogate-control",
    "surrogate-key",
    "x-reproxy-url",
    "x-sendfile",
    // What the gateway says itself.
    "ratelimit",
    "ratelimit-policy",
    "server-timing",
    "x-content-type-options",
    "x-request-id",
];

/// Beginnings of the names of more such headers.
const WITHHELD_FAMILIES: [&str; 6] = [
    OURS,
    // What the gateway says itself, of all services.
    "access-control-",
    "x-accel-",
    "x-lighttpd-",
    "x-litespeed-",
    "x-sendfile-",
];

/// Added to every answer: a page of a service has an origin of its own, runs no script and sends no form, and a browser takes
/// no answer for anything but what it says it is.
const GUARDS: [(&str, &str); 2] = [
    ("content-security-policy", "sandbox; frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
];

/// The headers of a service's answer that its client gets, without secrets. Of the headers of a WebSocket's opening
/// handshake, those pass that belong to one without extensions.
pub(crate) fn passed_on(
    headers: &HeaderMap,
    addresses: &Addresses,
    secrets: &Secrets,
) -> ClientHeaders {
    let hop_by_hop = HopByHop::of(headers);
    let mut passed = ClientHeaders::with_capacity(headers.len() + 8);
    for (name, value) in headers {
        let name = name.as_str();
        if hop_by_hop.has(name) || is_withheld(name) || name == CACHE_CONTROL.as_str() {
            continue;
        }
        let mut value = redacted(secrets, value.as_bytes());
        if LOCATIONS.contains(&name)
            && let Some(translated) = addresses.translated(&value)
        {
            // What the client's request carried may be a part of it.
            value = redacted(secrets, translated.as_bytes());
        }
        // A name in which a secret stands is none of HTTP's.
        if secrets.redact(name.as_bytes()).is_none() {
            append(&mut passed, name, &value);
        }
    }
    let cached = headers.get_all(CACHE_CONTROL).iter();
    let cached = private(cached.map(http::HeaderValue::as_bytes));
    let cached = redacted(secrets, cached.as_bytes());
    append(&mut passed, CACHE_CONTROL.as_str(), &cached);
    for (name, value) in GUARDS {
        append(&mut passed, name, value.as_bytes());
    }
    share(&mut passed);
    passed
}

fn redacted(secrets: &Secrets, text: &[u8]) -> Vec<u8> {
    secrets.redact(text).unwrap_or_else(|| text.to_vec())
}

fn is_withheld(name: &str) -> bool {
    WITHHELD.contains(&name)
        || WITHHELD_FAMILIES
            .iter()
            .any(|family| name.starts_with(family))
}

fn append(headers: &mut ClientHeaders, name: &str, value: &[u8]) {
    let name = HeaderName::from_bytes(name.as_bytes());
    if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value)) {
        headers.append(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(sent: &[(&'static str, &'static str)]) -> Vec<(String, String)> {
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(*name, http::HeaderValue::from_static(value));
        }
        let secrets = Secrets::new([b"sk_secret".to_vec()]);
        let request = "https://a.example/v1".parse().unwrap();
        let addresses = Addresses {
            gateway: "/gw/lst_1".to_owned(),
            endpoint: "https://a.example/".to_owned(),
            request,
        };
        let passed = passed_on(&headers, &addresses, &secrets);
        let mut passed: Vec<_> = passed
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        passed.sort_unstable();
        passed
    }

    fn names(sent: &[(&'static str, &'static str)]) -> Vec<String> {
        passed(sent)
            .into_iter()
            .map(|(name, _value)| name)
            .collect()
    }

    const ADDED: [&str; 5] = [
        "access-control-allow-origin",
        "access-control-expose-headers",
        "cache-control",
        "content-security-policy",
        "x-content-type-options",
    ];

    #[test]
    fn headers_of_the_service_pass() {
        let sent = [
            ("content-type", "application/json"),
            ("etag", "\"a\""),
            ("location", "/v2"),
            ("www-authenticate", "Bearer"),
            ("retry-after", "3"),
            ("sec-websocket-accept", "x"),
        ];
        let names = names(&sent);
        for (name, _value) in sent {
            assert!(names.iter().any(|passed| passed == name), "{name}");
        }
        assert_eq!(names.len(), sent.len() + ADDED.len());
    }

    #[test]
    fn every_origin_reads_answers_whatever_the_service_says() {
        let sent = [
            ("access-control-allow-origin", "https://a.example"),
            ("access-control-allow-credentials", "true"),
            ("access-control-expose-headers", "x-a"),
        ];
        assert_eq!(names(&sent), ADDED);
        assert!(passed(&sent)[..2].iter().all(|(_, value)| value == "*"));
    }

    #[test]
    fn a_policy_of_the_service_holds_beside_that_of_the_gateway() {
        let sent = [("content-security-policy", "default-src 'none'")];
        let policies: Vec<_> = passed(&sent)
            .into_iter()
            .filter(|(name, _value)| name == "content-security-policy")
            .map(|(_name, value)| value)
            .collect();
        assert_eq!(
            policies,
            ["default-src 'none'", "sandbox; frame-ancestors 'none'"]
        );
    }

    #[test]
    fn nothing_acts_on_the_origin_or_on_proxies() {
        let sent = [
            ("connection", "x-named"),
            ("x-named", "1"),
            ("transfer-encoding", "chunked"),
            ("set-cookie", "__Host-udam_session=x"),
            ("strict-transport-security", "max-age=0"),
            ("alt-svc", "h3=\":443\""),
            ("clear-site-data", "\"*\""),
            ("service-worker-allowed", "/"),
            ("report-to", "x"),
            ("nel", "x"),
            ("refresh", "0; url=https://b.example"),
            ("x-accel-redirect", "/internal"),
            ("x-accel-expires", "1000"),
            ("x-sendfile", "/etc/passwd"),
            ("surrogate-control", "max-age=1000"),
            ("cdn-cache-control", "max-age=1000"),
            ("udam-units", "1"),
            ("udam-call-id", "x"),
            ("server-timing", "x"),
            ("proxy-authenticate", "Basic"),
        ];
        assert_eq!(names(&sent), ADDED);
    }

    #[test]
    fn secrets_are_overwritten_in_values_and_keep_their_length() {
        let sent = [
            ("x-echo", "Bearer sk_secret"),
            ("cache-control", "sk_secret=1"),
        ];
        let passed = passed(&sent);
        let value = |name: &str| {
            passed
                .iter()
                .find(|(passed, _)| passed == name)
                .unwrap()
                .1
                .clone()
        };
        assert_eq!(value("x-echo"), "Bearer *********");
        assert_eq!(value("cache-control"), "*********=1, private");
    }
}
