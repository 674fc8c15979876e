use std::fmt;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpMessage, HttpRequest};
use udam_domain::Entropy;

/// The header of a request's id, in requests and responses.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Id of one request, in responses and logs: 1 to 64 letters, digits, `_`, `-` and `.`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// Longest id that a client may choose, in characters.
    pub const MAX_LENGTH: usize = 64;

    /// The id that the client sent, if it is valid, or else a new one.
    pub(crate) fn of(headers: &HeaderMap, entropy: &dyn Entropy) -> Self {
        headers
            .get(REQUEST_ID)
            .and_then(|value| value.to_str().ok())
            .filter(|text| Self::is_valid(text))
            .map_or_else(|| Self::random(entropy), |text| Self(text.to_owned()))
    }

    fn is_valid(text: &str) -> bool {
        (1..=Self::MAX_LENGTH).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
    }

    /// A new id, for a request that has none.
    #[must_use]
    pub fn random(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 16];
        entropy.fill(&mut bytes);
        Self(
            uuid::Builder::from_random_bytes(bytes)
                .into_uuid()
                .simple()
                .to_string(),
        )
    }

    /// The id as a header value.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

/// The id that [`access_log`](crate::access_log()) gave to a request.
#[must_use]
pub fn request_id(request: &HttpRequest) -> Option<RequestId> {
    request.extensions().get::<RequestId>().cloned()
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use udam_domain::MockEntropy;

    use super::*;

    fn of(given: &'static str) -> String {
        let mut entropy = MockEntropy::new();
        entropy.expect_fill().return_const(());
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, HeaderValue::from_static(given));
        RequestId::of(&headers, &entropy).to_string()
    }

    #[test]
    fn a_clients_own_request_id_is_kept_if_it_is_plain_and_short() {
        const LONGEST: &str = "0123456789012345678901234567890123456789012345678901234567890123";
        assert_eq!(of("a-B_c.9"), "a-B_c.9");
        assert_eq!(of(LONGEST), LONGEST);
    }

    #[test]
    fn any_other_name_is_replaced() {
        const TOO_LONG: &str = "01234567890123456789012345678901234567890123456789012345678901234";
        for given in ["", "a b", "a\"b", "a/b", TOO_LONG] {
            assert_eq!(of(given), "00000000000040008000000000000000", "{given}");
        }
    }
}
