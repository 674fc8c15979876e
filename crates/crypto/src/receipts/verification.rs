use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ED25519, UnparsedPublicKey};
use thiserror::Error;

use super::jwk::ReceiptKeySet;
use super::jws::{ALGORITHM, Compact, HeaderBody};

/// Why a text is no receipt that any of the keys has signed.
#[derive(Debug, Error)]
pub enum VerifyReceiptError {
    /// The text does not have three parts.
    #[error("this is no signature of the form header.payload.signature")]
    NotCompact,
    /// A part is not in unpadded base64url, or not in its canonical form.
    #[error("the {0} is not in base64url")]
    NotBase64Url(&'static str),
    /// The header is not a JSON object with an algorithm, or has a member twice.
    #[error("the header of the signature is not valid")]
    BadHeader(#[source] serde_json::Error),
    /// The signature is of another algorithm than `EdDSA`, which the text names.
    #[error("the signature is of the algorithm {0:?} instead of EdDSA")]
    WrongAlgorithm(String),
    /// The header demands that extensions be understood; none is.
    #[error("the signature has critical extensions, which are not supported")]
    CriticalExtension,
    /// The header names no key.
    #[error("the signature does not name its key")]
    NoKeyId,
    /// The key that the header names is not in the set.
    #[error("the signature is by the key {0:?}, which is not among the keys")]
    UnknownKey(String),
    /// The key that the header names is not an Ed25519 key for signatures.
    #[error("the key {0:?} does not verify signatures by Ed25519")]
    UnusableKey(String),
    /// Header, payload or signature are not what the key signed.
    #[error("the signature is wrong: this is not what the key {0:?} has signed")]
    WrongSignature(String),
}

/// Verifies a compact JSON Web Signature, and returns its payload.
///
/// # Errors
/// [`VerifyReceiptError`]
pub fn verify_receipt(jws: &str, keys: &ReceiptKeySet) -> Result<Vec<u8>, VerifyReceiptError> {
    let parts = Compact::split(jws).ok_or(VerifyReceiptError::NotCompact)?;
    let header = decode("header", parts.header)?;
    let header = serde_json::from_slice(&header).map_err(VerifyReceiptError::BadHeader)?;
    let key_id = key_id(header)?;
    let payload = decode("payload", parts.payload)?;
    let signature = decode("signature", parts.signature)?;

    let named = keys.find(&key_id);
    if named.is_empty() {
        return Err(VerifyReceiptError::UnknownKey(key_id));
    }
    if named.iter().all(Option::is_none) {
        return Err(VerifyReceiptError::UnusableKey(key_id));
    }
    let is_signed = named.into_iter().flatten().any(|key| {
        let key = UnparsedPublicKey::new(&ED25519, key);
        key.verify(parts.signed.as_bytes(), &signature).is_ok()
    });
    if is_signed {
        Ok(payload)
    } else {
        Err(VerifyReceiptError::WrongSignature(key_id))
    }
}

fn key_id(header: HeaderBody) -> Result<String, VerifyReceiptError> {
    if header.alg != ALGORITHM {
        return Err(VerifyReceiptError::WrongAlgorithm(header.alg));
    }
    if header.crit {
        return Err(VerifyReceiptError::CriticalExtension);
    }
    header.kid.ok_or(VerifyReceiptError::NoKeyId)
}

fn decode(part: &'static str, text: &str) -> Result<Vec<u8>, VerifyReceiptError> {
    let decoded = URL_SAFE_NO_PAD.decode(text);
    decoded.or(Err(VerifyReceiptError::NotBase64Url(part)))
}
