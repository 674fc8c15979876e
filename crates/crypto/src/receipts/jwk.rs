//! Public keys as JSON Web Keys (RFC 7517) of the type OKP (RFC 8037, section 2).

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;
use udam_domain::gateway::ReceiptKey;

use super::jws::ALGORITHM;

const KEY_TYPE: &str = "OKP";
const CURVE: &str = "Ed25519";
const USE: &str = "sig";

#[derive(Debug, Serialize, Deserialize)]
struct JwkBody {
    kty: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    crv: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    intended_use: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct JwkSetBody<K> {
    keys: Vec<K>,
}

/// The public keys that receipts are verified with, parsed from a JSON Web Key Set.
///
/// Keys without an id, and keys for other purposes, may be in the set and are not used (RFC 7517, section 5).
#[derive(Debug, Clone)]
pub struct ReceiptKeySet(Vec<PublishedKey>);

#[derive(Debug, Clone)]
struct PublishedKey {
    id: String,
    /// `None` if the key is not an Ed25519 key for signatures.
    public_key: Option<[u8; ReceiptKey::LENGTH]>,
}

/// A text that is no JSON Web Key Set.
#[derive(Debug, Error)]
#[error("this is no JSON Web Key Set, an object with a list `keys`")]
pub struct ParseReceiptKeysError(#[source] serde_json::Error);

impl FromStr for ReceiptKeySet {
    type Err = ParseReceiptKeysError;

    fn from_str(text: &str) -> Result<Self, ParseReceiptKeysError> {
        let set: JwkSetBody<Value> = serde_json::from_str(text).map_err(ParseReceiptKeysError)?;
        let keys = set.keys.into_iter().filter_map(published_key);
        Ok(Self(keys.collect()))
    }
}

impl ReceiptKeySet {
    /// The keys with this id. `None` stands for one that does not verify receipts.
    pub(super) fn find(&self, id: &str) -> Vec<Option<&[u8; ReceiptKey::LENGTH]>> {
        let found = self.0.iter().filter(|key| key.id == id);
        found.map(|key| key.public_key.as_ref()).collect()
    }
}

fn published_key(value: Value) -> Option<PublishedKey> {
    let id = value.get("kid")?.as_str()?.to_owned();
    let body: Option<JwkBody> = serde_json::from_value(value).ok();
    Some(PublishedKey {
        id,
        public_key: body.as_ref().and_then(public_key),
    })
}

fn public_key(body: &JwkBody) -> Option<[u8; ReceiptKey::LENGTH]> {
    let absent_or =
        |member: &Option<String>, expected| member.as_ref().is_none_or(|member| member == expected);
    let usable = body.kty == KEY_TYPE
        && body.crv.as_deref() == Some(CURVE)
        && absent_or(&body.intended_use, USE)
        && absent_or(&body.alg, ALGORITHM);
    let bytes = URL_SAFE_NO_PAD.decode(body.x.as_ref()?).ok()?;
    usable.then_some(bytes)?.try_into().ok()
}

/// Public keys as the text of a JSON Web Key Set.
pub(super) fn set_of(keys: &[ReceiptKey]) -> Result<String, serde_json::Error> {
    let keys = keys.iter().map(|key| JwkBody {
        kty: KEY_TYPE.to_owned(),
        crv: Some(CURVE.to_owned()),
        x: Some(URL_SAFE_NO_PAD.encode(key.public_key)),
        kid: Some(key.id.clone()),
        intended_use: Some(USE.to_owned()),
        alg: Some(ALGORITHM.to_owned()),
    });
    serde_json::to_string(&JwkSetBody {
        keys: keys.collect(),
    })
}

/// Thumbprint of a key (RFC 7638): base64url of the SHA-256 of its required members in the order of their names.
pub(super) fn thumbprint(public_key: &[u8; ReceiptKey::LENGTH]) -> String {
    let x = URL_SAFE_NO_PAD.encode(public_key);
    let members = format!(r#"{{"crv":"{CURVE}","kty":"{KEY_TYPE}","x":"{x}"}}"#);
    URL_SAFE_NO_PAD.encode(digest(&SHA256, members.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, byte: u8) -> ReceiptKey {
        ReceiptKey {
            id: id.to_owned(),
            public_key: [byte; 32],
        }
    }

    fn found(set: &ReceiptKeySet, id: &str) -> Vec<Option<[u8; 32]>> {
        set.find(id).into_iter().map(Option::<&_>::copied).collect()
    }

    #[test]
    fn the_thumbprint_is_that_of_rfc_8037() {
        // Appendix A.3.
        let x = URL_SAFE_NO_PAD
            .decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
            .unwrap();
        assert_eq!(
            thumbprint(&x.try_into().unwrap()),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
    }

    #[test]
    fn a_set_is_written_as_rfc_8037_has_it_and_parsed_back() {
        let text = set_of(&[key("a", 0), key("b", 1)]).unwrap();
        assert_eq!(
            text,
            "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\
             \"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"kid\":\"a\",\
             \"use\":\"sig\",\"alg\":\"EdDSA\"},\
             {\"kty\":\"OKP\",\"crv\":\"Ed25519\",\
             \"x\":\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\",\"kid\":\"b\",\
             \"use\":\"sig\",\"alg\":\"EdDSA\"}]}"
        );
        let set: ReceiptKeySet = text.parse().unwrap();
        assert_eq!(found(&set, "a"), [Some([0; 32])]);
        assert_eq!(found(&set, "b"), [Some([1; 32])]);
        assert_eq!(found(&set, "c"), []);
    }

    #[test]
    fn other_keys_in_a_set_are_no_errors_and_are_not_used() {
        let x = URL_SAFE_NO_PAD.encode([7; 32]);
        let short = URL_SAFE_NO_PAD.encode([7; 31]);
        let set = format!(
            r#"{{"note":1,"keys":[
                {{"kid":"rsa","kty":"RSA","n":"AQAB","e":"AQAB"}},
                {{"kid":"curve","kty":"OKP","crv":"X25519","x":"{x}"}},
                {{"kid":"short","kty":"OKP","crv":"Ed25519","x":"{short}"}},
                {{"kid":"padded","kty":"OKP","crv":"Ed25519","x":"{x}="}},
                {{"kid":"number","kty":"OKP","crv":"Ed25519","x":7}},
                {{"kid":"use","kty":"OKP","crv":"Ed25519","x":"{x}","use":"enc"}},
                {{"kid":"alg","kty":"OKP","crv":"Ed25519","x":"{x}","alg":"ES256"}},
                {{"kty":"OKP","crv":"Ed25519","x":"{x}"}},
                7,
                {{"kid":"plain","kty":"OKP","crv":"Ed25519","x":"{x}"}}
            ]}}"#
        );
        let set: ReceiptKeySet = set.parse().unwrap();
        for id in ["rsa", "curve", "short", "padded", "number", "use", "alg"] {
            assert_eq!(found(&set, id), [None], "{id}");
        }
        assert_eq!(found(&set, "plain"), [Some([7; 32])]);
        assert_eq!(set.0.len(), 8);
    }

    #[test]
    fn what_is_no_set_is_an_error() {
        for text in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"kty":"OKP"}"#] {
            assert!(text.parse::<ReceiptKeySet>().is_err(), "{text}");
        }
    }
}
