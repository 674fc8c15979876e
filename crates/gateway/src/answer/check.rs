use std::error::Error;

use http::header::{CONTENT_ENCODING, HeaderMap, SEC_WEBSOCKET_EXTENSIONS, TRANSFER_ENCODING};
use http::{Response, StatusCode};
use http_body::Body;
use hyper::body::Incoming;

/// Header in which a service declares what a call costs.
const UNITS: &str = "udam-units";

/// Checks that an answer can be passed on: that it is the kind that was asked for, and not encoded, since a secret in it could not
/// be recognized. No encoding was accepted.
pub(crate) fn check(
    response: &Response<Incoming>,
    upgrades: bool,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let (status, headers) = (response.status(), response.headers());
    if status == StatusCode::SWITCHING_PROTOCOLS {
        let is_plain = headers
            .get_all(SEC_WEBSOCKET_EXTENSIONS)
            .iter()
            .all(http::HeaderValue::is_empty);
        return match (upgrades, is_plain) {
            (true, true) => Ok(()),
            (true, false) => Err("the service extends a WebSocket by what was not offered".into()),
            (false, _) => Err("the service switches to another protocol unasked".into()),
        };
    }
    if !response.body().is_end_stream()
        && (is_encoded(headers, CONTENT_ENCODING.as_str(), "identity")
            || is_encoded(headers, TRANSFER_ENCODING.as_str(), "chunked"))
    {
        return Err("the service encodes its answer, which was not accepted".into());
    }
    Ok(())
}

/// Whether a header names an encoding other than `plain`.
fn is_encoded(headers: &HeaderMap, name: &str, plain: &str) -> bool {
    let values = headers.get_all(name).iter();
    let mut words = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    words.any(|word| {
        let word = word.trim_ascii();
        !word.is_empty() && !word.eq_ignore_ascii_case(plain.as_bytes())
    })
}

/// Units that the service declares; `None` if it declares none, or not a number.
pub(super) fn declared_units(headers: &HeaderMap) -> Option<u32> {
    headers.get(UNITS)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_known_in_any_form() {
        let encoded = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_ENCODING, http::HeaderValue::from_static(value));
            is_encoded(&headers, CONTENT_ENCODING.as_str(), "identity")
        };
        for value in ["gzip", "identity, br", "x", "GZIP"] {
            assert!(encoded(value), "{value}");
        }
        for value in ["", "identity", "Identity ,", " "] {
            assert!(!encoded(value), "{value}");
        }
    }

    #[test]
    fn a_cost_that_is_no_number_is_not_declared() {
        let declared = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(UNITS, http::HeaderValue::from_static(value));
            declared_units(&headers)
        };
        assert_eq!(declared(" 12 "), Some(12));
        assert_eq!(declared("0"), Some(0));
        for value in ["", "-1", "1.5", "4294967296", "many"] {
            assert_eq!(declared(value), None, "{value}");
        }
    }
}
