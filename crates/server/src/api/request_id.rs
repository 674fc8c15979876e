use std::fmt;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use udam_domain::Entropy;

/// The header that a request's name comes and goes in.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names one request in answers and logs: 1 to 64 letters, digits, `_`, `-` and `.`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestId(String);

impl RequestId {
    /// The longest name that a client may give, in characters.
    pub(crate) const MAX_LENGTH: usize = 64;

    /// The name that the client gave, if it is one, or else a new one.
    pub(super) fn of(headers: &HeaderMap, entropy: &dyn Entropy) -> Self {
        headers
            .get(REQUEST_ID)
            .and_then(|value| value.to_str().ok())
            .filter(|text| Self::is_valid(text))
            .map_or_else(|| Self::mint(entropy), |text| Self(text.to_owned()))
    }

    fn is_valid(text: &str) -> bool {
        (1..=Self::MAX_LENGTH).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
    }

    fn mint(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 16];
        entropy.fill(&mut bytes);
        Self(
            uuid::Builder::from_random_bytes(bytes)
                .into_uuid()
                .simple()
                .to_string(),
        )
    }

    /// The name as a header's value.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
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
    fn a_client_s_own_name_is_kept_if_it_is_plain_and_short() {
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
