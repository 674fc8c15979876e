use http::header::{self, HeaderMap};

/// Headers about a connection, which end with it (RFC 9110, section 7.6.1; RFC 7540, section 3.2.1), and those that say how
/// long a body is: whoever sends it says so anew.
const ALWAYS: [&str; 13] = [
    "connection",
    "content-length",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-authorization",
    "proxy-connection",
    "proxy-status",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Tells headers of a message that are for its connection alone.
pub(super) struct HopByHop(Vec<String>);

impl HopByHop {
    /// Of a message with these values of `Connection`, each of which names more such headers.
    pub(super) fn named_by<'a>(connection: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let values = connection.into_iter().map(String::from_utf8_lossy);
        let names = values.flat_map(|value| {
            let names = value
                .split(',')
                .map(|name| name.trim().to_ascii_lowercase());
            names.collect::<Vec<_>>()
        });
        Self(names.filter(|name| !name.is_empty()).collect())
    }

    pub(super) fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all(header::CONNECTION).iter();
        Self::named_by(values.map(http::HeaderValue::as_bytes))
    }

    /// Whether a header of this name, in lower case, is one.
    pub(super) fn has(&self, name: &str) -> bool {
        ALWAYS.contains(&name) || self.0.iter().any(|named| named == name)
    }
}
