//! Request bodies: one JSON object.
//!
//! The buffer that a body is gathered in is wiped, and the secrets that are read out of it move into
//! types that wipe themselves. Copies in the HTTP and JSON libraries are not wiped.

use std::fmt;
use std::mem;

use actix_web::http::header::{self, HeaderMap};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use udam_web::body::Body;

use super::fields::{EmptyBody, Fields, FromFields};
use super::problem::{ApiError, Problem};
use super::repeated_names;
use super::request_context::RequestContext;

impl RequestContext {
    /// Parses the JSON body, which is required.
    pub(super) fn body<T: FromFields>(&mut self) -> Result<T, ApiError> {
        check_media_type(self.request.headers())?;
        let bytes = self.bytes()?;
        Ok(self.parse(&bytes)?)
    }

    /// Parses the JSON body, if there is one.
    pub(super) fn optional_body<T: FromFields>(&mut self) -> Result<Option<T>, ApiError> {
        let bytes = self.bytes()?;
        if bytes.is_empty() {
            return Ok(None);
        }
        check_media_type(self.request.headers())?;
        Ok(Some(self.parse(&bytes)?))
    }

    /// Reads the body of a call without parameters: empty, or an empty object.
    pub(super) fn no_body(&mut self) -> Result<(), ApiError> {
        self.optional_body::<EmptyBody>().map(|_nothing| ())
    }

    /// Takes the raw body, which is wiped when dropped. A second call returns nothing.
    pub(super) fn bytes(&mut self) -> Result<Body, ApiError> {
        Ok(mem::replace(&mut self.body, Ok(Body::default()))?)
    }

    fn parse<T: FromFields>(&self, bytes: &[u8]) -> Result<T, Problem> {
        // What is wrong with the syntax may quote the body: it is not passed on.
        let Ok(Entries(entries)) = serde_json::from_slice(bytes) else {
            return Err(Problem::MalformedJson);
        };
        let mut fields = Fields::new(entries);
        fields.reject_repeated(repeated_names::within(bytes));
        fields.parse(self.api.wire_rules())
    }
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Problem> {
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(is_json);
    let encoded = headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|coding| coding != "identity");
    if is_json && !encoded {
        Ok(())
    } else {
        Err(Problem::UnsupportedMediaType)
    }
}

fn is_json(media_type: &str) -> bool {
    let mut parts = media_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    essence.eq_ignore_ascii_case("application/json")
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, charset)) if name.eq_ignore_ascii_case("charset") => {
                charset.trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            // RFC 8259 defines no parameters; others do no harm.
            _ => true,
        })
}

/// The entries of a JSON object as they came, repeated ones included.
struct Entries(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn json_is_json_with_or_without_its_charset() {
        for media_type in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
        ] {
            assert!(is_json(media_type), "{media_type}");
        }
        for media_type in [
            "",
            "text/plain",
            "application/jsonp",
            "application/json; charset=latin1",
            "application/x-www-form-urlencoded",
        ] {
            assert!(!is_json(media_type), "{media_type}");
        }
    }

    #[test]
    fn only_an_object_has_entries() {
        let entries = |text: &str| serde_json::from_str::<Entries>(text).map(|all| all.0.len());
        assert_eq!(entries("{\"a\": 1.50, \"a\": {}}").unwrap(), 2);
        for text in [
            "", "[]", "1", "1.5", "\"a\"", "null", "{", "{} {}", "{'a': 1}",
        ] {
            assert!(entries(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_reading_panic(bytes: Vec<u8>) {
            let _ = serde_json::from_slice::<Entries>(&bytes);
        }
    }
}
