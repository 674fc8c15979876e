//! The `Idempotency-Key` header.

use actix_web::http::header::{HeaderMap, HeaderName};
use udam_domain::order::{IdempotencyKey, IdempotencyKeyError};

use super::problem::{ApiError, Problem};
use super::request_context::RequestContext;

/// Name of the header in problems.
const FIELD: &str = "Idempotency-Key";
const HEADER: HeaderName = HeaderName::from_static("idempotency-key");

impl RequestContext {
    /// The key, if the request has one.
    pub(super) fn idempotency_key(&self) -> Result<Option<IdempotencyKey>, ApiError> {
        Ok(key(self.request.headers())?)
    }
}

fn key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Problem> {
    let mut given = headers.get_all(HEADER);
    let Some(value) = given.next() else {
        return Ok(None);
    };
    if given.next().is_some() {
        return Err(Problem::field(FIELD, "must be given once"));
    }
    value
        .to_str()
        .map_err(|_not_printable| IdempotencyKeyError)
        .and_then(str::parse)
        .map(Some)
        .map_err(|rule| Problem::field(FIELD, rule))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn read(values: &[&'static [u8]]) -> Result<Option<String>, Problem> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(HEADER, HeaderValue::from_bytes(value).unwrap());
        }
        key(&headers).map(|key| key.map(|key| key.as_str().to_owned()))
    }

    #[test]
    fn an_idempotency_key_is_optional_and_given_once() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[b"order 7"]), Ok(Some("order 7".into())));
        let twice = Problem::field(FIELD, "must be given once");
        assert_eq!(read(&[b"a", b"a"]), Err(twice));
        for value in [&b""[..], b"\xc3\xa9", b"a\tb"] {
            assert!(matches!(read(&[value]), Err(Problem::InvalidRequest(_))));
        }
    }
}
