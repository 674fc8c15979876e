use std::str;

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use udam_domain::gateway::AccessKey;

use super::known::in_text;
use super::query::value_of_access_key;

/// Header of access keys that no service and no library uses.
const KEY_HEADER: &str = "x-udam-key";

/// Base64 with or without its padding: clients differ.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The access key of a call: in `X-UDAM-Key`, in `Authorization`, or wherever else its service expects a key, since access
/// keys are known by their form. The terms of the call, which say where that is, are found by the key.
pub(crate) fn access_key(headers: &HeaderMap, query: Option<&str>) -> Option<AccessKey> {
    let ours = headers.get_all(KEY_HEADER);
    let authorization = headers.get_all(AUTHORIZATION);
    let first = ours.chain(authorization).find_map(in_header);
    let others = || headers.iter().find_map(|(_name, value)| in_header(value));
    let in_query = || query.and_then(value_of_access_key);
    let text = first.or_else(others).or_else(in_query)?;
    Some(AccessKey::new(text))
}

fn in_header(value: &HeaderValue) -> Option<String> {
    let value = str::from_utf8(value.as_bytes()).ok()?;
    if let Some(found) = in_text(value) {
        return Some(found.to_owned());
    }
    let (scheme, credentials) = value.split_once(' ')?;
    let is_basic = scheme.eq_ignore_ascii_case("basic");
    let credentials = is_basic.then(|| BASE64.decode(credentials.trim()).ok())??;
    let credentials = String::from_utf8(credentials).ok()?;
    in_text(&credentials).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderName;

    use super::*;

    fn found(sent: &[(&str, &str)], query: Option<&str>) -> Option<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        access_key(&headers, query).map(|key| key.expose().to_owned())
    }

    #[test]
    fn the_key_is_found_where_clients_put_it() {
        let basic = |text: &str| format!("Basic {}", BASE64.encode(text));
        for (name, value) in [
            ("X-UDAM-Key", "udk_1aB"),
            ("Authorization", "Bearer udk_1aB"),
            ("authorization", "udk_1aB"),
            ("Authorization", "Token token=\"udk_1aB\""),
            ("X-Api-Key", "udk_1aB"),
            ("apikey", "prefix-udk_1aB"),
            ("Authorization", basic("user:udk_1aB").as_str()),
            ("Authorization", basic("udk_1aB:").as_str()),
            ("Authorization", basic("udk_1aB").trim_end_matches('=')),
        ] {
            assert_eq!(
                found(&[(name, value)], None).as_deref(),
                Some("udk_1aB"),
                "{value}"
            );
        }
        for query in ["key=udk_1aB", "a=b&key=udk%5F1aB&c", "x&y=%75dk_1aB"] {
            assert_eq!(
                found(&[], Some(query)).as_deref(),
                Some("udk_1aB"),
                "{query}"
            );
        }
    }

    #[test]
    fn of_several_keys_that_of_the_header_for_it_counts() {
        let sent = [
            ("X-Api-Key", "udk_3"),
            ("Authorization", "Bearer udk_2"),
            ("X-UDAM-Key", "udk_1"),
        ];
        assert_eq!(found(&sent, Some("k=udk_4")).as_deref(), Some("udk_1"));
        assert_eq!(found(&sent[..2], Some("k=udk_4")).as_deref(), Some("udk_2"));
        assert_eq!(found(&sent[..1], Some("k=udk_4")).as_deref(), Some("udk_3"));
    }

    #[test]
    fn other_credentials_are_none() {
        let sent = [
            ("Authorization", "Bearer sk_1"),
            ("X-Api-Key", "key"),
            ("X", "UDK_1"),
        ];
        assert_eq!(found(&sent, Some("key=sk_1&udk_1")), None);
        assert_eq!(found(&[("Authorization", "Basic !")], None), None);
    }
}
