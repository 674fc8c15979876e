use http::Uri;
use url::Url;

/// Headers whose value is an address that a client may go to (RFC 9110, sections 8.7 and 10.2.2).
pub(super) const LOCATIONS: [&str; 2] = ["location", "content-location"];

/// The addresses of a call: that of the gateway, and that of the service.
pub(crate) struct Addresses {
    /// Path of the listing on the gateway, without a slash at its end.
    pub(crate) gateway: String,
    /// Address of the service, without the path of the call.
    pub(crate) endpoint: String,
    /// Address of the request.
    pub(crate) request: Uri,
}

impl Addresses {
    /// An address in an answer, as the client has to read it: one below that of the service is the gateway's, and any other is
    /// whole, since it does not belong to this origin. `None` if it is none.
    pub(super) fn translated(&self, location: &[u8]) -> Option<String> {
        let location = std::str::from_utf8(location).ok()?;
        let request = Url::parse(&self.request.to_string()).ok()?;
        let found = request.join(location).ok()?;
        let endpoint = Url::parse(&self.endpoint).ok()?;
        Some(
            self.below(&endpoint, &found)
                .unwrap_or_else(|| found.into()),
        )
    }

    fn below(&self, endpoint: &Url, found: &Url) -> Option<String> {
        if found.origin() != endpoint.origin() || !found.origin().is_tuple() {
            return None;
        }
        let base = endpoint.path().trim_end_matches('/');
        let rest = found.path().strip_prefix(base)?;
        if !(rest.is_empty() || rest.starts_with('/')) {
            return None;
        }
        let mut translated = format!("{}{rest}", self.gateway);
        for (part, separator) in [(found.query(), '?'), (found.fragment(), '#')] {
            if let Some(part) = part {
                translated.push(separator);
                translated.push_str(part);
            }
        }
        Some(translated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_below_the_service_is_one_of_the_gateway_and_any_other_is_whole() {
        let request = "https://a.example/base/v1/x?q=1".parse().unwrap();
        let addresses = Addresses {
            gateway: "/gw/lst_1".to_owned(),
            endpoint: "https://a.example/base/".to_owned(),
            request,
        };
        for (location, expected) in [
            ("y", "/gw/lst_1/v1/y"),
            ("/base/v2?a=%2F#b", "/gw/lst_1/v2?a=%2F#b"),
            ("https://a.example/base", "/gw/lst_1"),
            ("https://A.example:443/base/v1/x/", "/gw/lst_1/v1/x/"),
            ("//a.example/base/z", "/gw/lst_1/z"),
            ("/other", "https://a.example/other"),
            ("/based", "https://a.example/based"),
            ("../../../etc", "https://a.example/etc"),
            ("http://a.example/base/v1", "http://a.example/base/v1"),
            ("https://b.example/base/v1", "https://b.example/base/v1"),
            ("mailto:a@b.example", "mailto:a@b.example"),
        ] {
            assert_eq!(
                addresses.translated(location.as_bytes()).as_deref(),
                Some(expected),
                "{location}"
            );
        }
        assert_eq!(addresses.translated(b"https://"), None);
        assert_eq!(addresses.translated(b"\xff"), None);
    }
}
