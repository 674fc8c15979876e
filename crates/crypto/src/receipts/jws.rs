//! The compact form of a JSON Web Signature (RFC 7515, section 7.1): `header.payload.signature`, each in unpadded base64url.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

/// Signature algorithm of all receipts (RFC 8037, section 3.1).
pub(super) const ALGORITHM: &str = "EdDSA";

/// The protected header, as far as verification reads it. Other members have no say (RFC 7515, section 4).
#[derive(Debug, Deserialize)]
pub(super) struct HeaderBody {
    pub(super) alg: String,
    pub(super) kid: Option<String>,
    /// Whether there is a member that lists extensions which must be understood (RFC 7515, section 4.1.11).
    #[serde(default, deserialize_with = "present")]
    pub(super) crit: bool,
}

fn present<'de, D: Deserializer<'de>>(member: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(member).map(|IgnoredAny| true)
}

/// The parts of a signature, still encoded.
pub(super) struct Compact<'a> {
    pub(super) header: &'a str,
    pub(super) payload: &'a str,
    pub(super) signature: &'a str,
    /// Header and payload with the dot between them.
    pub(super) signed: &'a str,
}

impl<'a> Compact<'a> {
    /// Splits a text at its two dots. `None` if it has more or fewer.
    pub(super) fn split(jws: &'a str) -> Option<Self> {
        let (signed, signature) = jws.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        (!payload.contains('.')).then_some(Self {
            header,
            payload,
            signature,
            signed,
        })
    }
}

/// A header that names the key of this id, encoded. The id must need no escaping in JSON.
pub(super) fn header(key_id: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{ALGORITHM}","kid":"{key_id}"}}"#))
}

/// The compact form of a payload under an encoded header.
pub(super) fn compact<S: AsRef<[u8]>>(
    header: &str,
    payload: &[u8],
    sign: impl FnOnce(&[u8]) -> S,
) -> String {
    let signed = [header, ".", &URL_SAFE_NO_PAD.encode(payload)].concat();
    let signature = URL_SAFE_NO_PAD.encode(sign(signed.as_bytes()));
    [signed.as_str(), ".", &signature].concat()
}

#[cfg(test)]
mod tests {
    use ring::signature::Ed25519KeyPair;

    use super::*;

    #[test]
    fn the_signature_is_that_of_rfc_8037() {
        // Appendix A.1 and A.4.
        let seed = URL_SAFE_NO_PAD
            .decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
            .unwrap();
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"EdDSA"}"#);
        let jws = compact(&header, b"Example of Ed25519 signing", |signed| {
            pair.sign(signed)
        });
        assert_eq!(
            jws,
            "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
             hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
        );
    }

    #[test]
    fn a_compact_form_has_exactly_three_parts() {
        let parts = Compact::split("a.b.c").unwrap();
        assert_eq!(
            (parts.header, parts.payload, parts.signature, parts.signed),
            ("a", "b", "c", "a.b")
        );
        for text in ["", "a", "a.b", "a.b.c.d"] {
            assert!(Compact::split(text).is_none(), "{text}");
        }
    }
}
