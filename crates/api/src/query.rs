//! Query strings: read like bodies, field by field, with nothing left over. A call that has no use for
//! one refuses it, so that nobody believes to have asked for something that was never looked at.

use actix_web::HttpRequest;
use actix_web::http::Method;
use serde_json::Value;
use udam_domain::page::PageRequest;
use udam_web::cursor::Position;

use super::WireRules;
use super::body::Nothing;
use super::call::Call;
use super::fields::{self, Fields, FromFields, Noted};
use super::paging;
use super::problem::{FieldError, Problem, Refusal};

/// What the calls at a path make of a query string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Queries {
    /// It is refused.
    #[default]
    Refused,
    /// Reading calls read it; from others it is refused.
    ReadByGet,
    /// It is left alone: it is a stranger's, who may have uses of its own for it.
    Ignored,
}

/// Refuses the query string of a call that reads none.
pub(super) fn admit(
    request: &HttpRequest,
    queries: Queries,
    rules: WireRules,
) -> Result<(), Problem> {
    let refused = match queries {
        Queries::Refused => true,
        Queries::ReadByGet => !matches!(*request.method(), Method::GET | Method::HEAD),
        Queries::Ignored => false,
    };
    if refused {
        Fields::new(pairs(request.query_string())?).parse::<Nothing>(rules)?;
    }
    Ok(())
}

/// Asks for a page of a list that has one order.
pub(super) struct PageQuery<P>(pub(super) PageRequest<P>);

impl<P: Position<Order = ()>> FromFields for PageQuery<P> {
    fn from_fields(fields: &mut Fields, _rules: WireRules) -> Result<Self, Noted> {
        paging::page(fields, ()).map(Self)
    }
}

impl Call {
    /// What the query string asks for.
    pub(super) fn query<T: FromFields>(&self) -> Result<T, Refusal> {
        let fields = Fields::new(pairs(self.request.query_string())?);
        Ok(fields.parse(self.api.wire_rules())?)
    }

    /// Which page of a list the query string asks for.
    pub(super) fn page<P: Position<Order = ()>>(&self) -> Result<PageRequest<P>, Refusal> {
        self.query::<PageQuery<P>>().map(|query| query.0)
    }
}

/// The parameters of a query string, in the form that HTML forms have made the custom.
fn pairs(query: &str) -> Result<Vec<(String, Value)>, Problem> {
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
    fn what_does_not_decode_is_told_by_its_parameter() {
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
