//! Query strings: read like bodies, field by field. An endpoint that reads none rejects them, so that no client
//! believes that a parameter had an effect.

use actix_web::HttpRequest;
use serde_json::Value;

use super::fields::{self, EmptyBody, Fields};
use super::problem::{FieldError, Problem};
use super::settings::WireRules;

/// Handling of query strings by an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Queries {
    /// Rejects them.
    #[default]
    Refused,
    /// Reads them.
    Read,
    /// Ignores them: the client is not one of the API's.
    Ignored,
}

/// Rejects the query string of a request whose endpoint reads none.
pub(super) fn admit(
    request: &HttpRequest,
    queries: Queries,
    rules: WireRules,
) -> Result<(), Problem> {
    if queries == Queries::Refused {
        Fields::new(pairs(request.query_string())?).parse::<EmptyBody>(rules)?;
    }
    Ok(())
}

/// The parameters of a query string, as `application/x-www-form-urlencoded`.
pub(super) fn pairs(query: &str) -> Result<Vec<(String, Value)>, Problem> {
    let mut errors = Vec::new();
    let mut pairs = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match (decode(name), decode(value)) {
            (Some(name), Some(value)) => pairs.push((name, Value::String(value))),
            (Some(name), None) => errors.push(FieldError::new(
                fields::shortened(&name),
                "must be percent-encoded UTF-8",
            )),
            (None, _) => errors.push(FieldError::new(
                "query",
                "must have percent-encoded UTF-8 names",
            )),
        }
    }
    if errors.is_empty() {
        Ok(pairs)
    } else {
        Err(Problem::InvalidRequest(errors))
    }
}

fn decode(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = char::from(bytes.next()?).to_digit(16)?;
                let low = char::from(bytes.next()?).to_digit(16)?;
                u8::try_from(high.checked_mul(16)?.checked_add(low)?).ok()?
            }
            byte => byte,
        });
    }
    // No parameter can mean a zero character, and storage refuses it.
    String::from_utf8(decoded)
        .ok()
        .filter(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(query: &str) -> Result<Vec<(String, String)>, Problem> {
        let pairs = pairs(query)?.into_iter();
        Ok(pairs
            .map(|(name, value)| (name, value.as_str().unwrap().to_owned()))
            .collect())
    }

    #[test]
    fn parameters_are_decoded_and_repeats_kept() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            read("q=a%20b+c&&q=%C3%A9&empty=&bare").unwrap(),
            [
                pair("q", "a b c"),
                pair("q", "é"),
                pair("empty", ""),
                pair("bare", "")
            ]
        );
        assert_eq!(read("").unwrap(), []);
    }

    #[test]
    fn an_undecodable_query_names_its_parameter() {
        let Err(Problem::InvalidRequest(errors)) = read("q=%zz&cursor=%&limit=%ff&%=1&seller=%00")
        else {
            panic!("accepted")
        };
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_ref()).collect();
        assert_eq!(fields, ["q", "cursor", "limit", "query", "seller"]);
    }

    proptest! {
        #[test]
        fn no_query_string_makes_reading_panic(query in ".{0,80}") {
            let _ = pairs(&query);
        }
    }
}
