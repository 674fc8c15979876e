use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use thiserror::Error;
use udam_domain::gateway::KeyPlacement;
use udam_domain::listing::ApiKey;
use zeroize::Zeroizing;

use super::query::with_parameter;

/// What is encoded in a query: everything but what RFC 3986 does not reserve.
const RESERVED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A seller's key in a request to its service.
pub(crate) struct Placed {
    /// The query with the key in it, if the service expects it there.
    pub(crate) query: Option<String>,
    /// The key as it is sent, if it is in a form that cannot be told from the key alone; else empty.
    pub(crate) credential: Zeroizing<String>,
}

/// The seller's key has characters that no header can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the key of the service does not fit into a header")]
pub(crate) struct Unplaceable;

/// Puts a seller's key where its service expects it, in the place of whatever is there.
///
/// # Errors
/// [`Unplaceable`]
pub(crate) fn place(
    placement: &KeyPlacement,
    key: &ApiKey,
    headers: &mut HeaderMap,
    query: Option<&str>,
) -> Result<Placed, Unplaceable> {
    let key = key.expose();
    let mut credential = Zeroizing::default();
    let mut query = query.map(str::to_owned);
    match placement {
        KeyPlacement::Header { name, prefix } => {
            let name = HeaderName::from_bytes(name.as_str().as_bytes());
            let name = name.map_err(|_no_name| Unplaceable)?;
            let value = Zeroizing::new(format!("{prefix}{key}"));
            headers.insert(name, sensitive(&value)?);
        }
        KeyPlacement::Query(name) => {
            let key = utf8_percent_encode(key, &RESERVED).to_string();
            query = Some(with_parameter(
                query.as_deref().unwrap_or_default(),
                name.as_str(),
                &key,
            ));
        }
        KeyPlacement::Basic(user) => {
            let credentials = Zeroizing::new(match user {
                Some(user) => format!("{user}:{key}"),
                None => format!("{key}:"),
            });
            let encoded = Zeroizing::new(STANDARD.encode(credentials.as_bytes()));
            let value = Zeroizing::new(format!("Basic {}", *encoded));
            headers.insert(AUTHORIZATION, sensitive(&value)?);
            credential = encoded;
        }
    }
    Ok(Placed { query, credential })
}

/// A value that prints as `Sensitive`, and that no compression of headers keeps.
fn sensitive(value: &str) -> Result<HeaderValue, Unplaceable> {
    let mut value =
        HeaderValue::from_bytes(value.as_bytes()).map_err(|_unprintable| Unplaceable)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(placement: &KeyPlacement, query: Option<&str>) -> (HeaderMap, Placed) {
        let key = ApiKey::new("sk/live 0123".to_owned()).unwrap();
        let mut headers = HeaderMap::new();
        headers.append("x-api-key", HeaderValue::from_static("client's"));
        headers.append("x-api-key", HeaderValue::from_static("client's other"));
        let placed = place(placement, &key, &mut headers, query).unwrap();
        (headers, placed)
    }

    #[test]
    fn a_header_has_the_key_alone() {
        let placement = KeyPlacement::Header {
            name: "X-Api-Key".parse().unwrap(),
            prefix: "Key ".parse().unwrap(),
        };
        let (headers, placed) = placed(&placement, Some("a=b"));
        let values: Vec<_> = headers.get_all("x-api-key").iter().collect();
        assert_eq!(values, ["Key sk/live 0123"]);
        assert!(values[0].is_sensitive());
        assert_eq!(placed.query.as_deref(), Some("a=b"));
        assert!(placed.credential.is_empty());
    }

    #[test]
    fn a_query_has_the_key_encoded() {
        let placement = KeyPlacement::Query("key".parse().unwrap());
        let (headers, placed) = placed(&placement, Some("key=1&a=b"));
        assert_eq!(headers.len(), 2);
        assert_eq!(placed.query.as_deref(), Some("a=b&key=sk%2Flive%200123"));
    }

    #[test]
    fn basic_authentication_has_the_key_as_password_or_as_user() {
        for (placement, credentials) in [
            (
                KeyPlacement::Basic(Some("api".parse().unwrap())),
                "api:sk/live 0123",
            ),
            (KeyPlacement::Basic(None), "sk/live 0123:"),
        ] {
            let (headers, placed) = placed(&placement, None);
            let encoded = STANDARD.encode(credentials);
            assert_eq!(
                headers.get(AUTHORIZATION).unwrap(),
                &format!("Basic {encoded}")
            );
            assert_eq!(*placed.credential, encoded);
        }
    }
}
