use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::secret::Secret;

/// A seller's key in plain text, which grants access to the service. It is in this form only between the
/// seller and the vault, and between the vault and a buyer.
#[derive(Debug, Clone)]
pub struct ApiKey(Secret);

/// The text is not a valid key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "must be 1 to {} characters, without control characters or surrounding spaces",
    ApiKey::MAX_LENGTH
)]
pub struct ApiKeyError;

impl ApiKey {
    /// Most bytes of a key.
    pub const MAX_LENGTH: usize = 4_096;

    /// Fewest characters of a key that services are called with through the gateway.
    pub const SHORTEST_CALLABLE: usize = 8;

    /// Takes ownership of the key.
    ///
    /// # Errors
    /// When it is empty or too long, or has control characters or surrounding spaces. Those are not
    /// removed: an altered key would not grant access.
    pub fn new(text: String) -> Result<Self, ApiKeyError> {
        let secret = Secret::new(text);
        let text = secret.expose();
        let valid = (1..=Self::MAX_LENGTH).contains(&text.len())
            && text.trim().len() == text.len()
            && !text.chars().any(char::is_control);
        if valid {
            Ok(Self(secret))
        } else {
            Err(ApiKeyError)
        }
    }

    /// The key in plain text.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// Id of a master key: 1 to 32 letters, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(String);

/// The text is not a valid id of a master key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a key id is 1 to 32 letters, digits, hyphens and underscores")]
pub struct KeyIdError;

impl KeyId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyId {
    type Err = KeyIdError;

    fn from_str(text: &str) -> Result<Self, KeyIdError> {
        let valid = (1..=32).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(KeyIdError)
        }
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A seller's key as storage keeps it. Only a vault with the same master key can open it.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedKey {
    /// Id of the master key that opens it.
    pub key_id: KeyId,
    /// Output of the vault, opaque to everything else.
    pub ciphertext: Vec<u8>,
}

impl fmt::Debug for SealedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedKey({}, [redacted])", self.key_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_kept_to_the_letter_or_refused() {
        let key = |text: &str| ApiKey::new(text.to_owned());
        assert_eq!(key("sk live/+=").unwrap().expose(), "sk live/+=");
        for text in ["", " ", "sk ", "\tsk", "s\0k", "s\nk"] {
            assert!(key(text).is_err(), "{text:?}");
        }
        assert!(key(&"k".repeat(4_097)).is_err());
    }

    #[test]
    fn a_key_does_not_print() {
        let key = ApiKey::new("sk_live_1".into()).unwrap();
        assert_eq!(format!("{key:?}"), "ApiKey([redacted])");
    }

    #[test]
    fn a_key_id_is_a_plain_word() {
        assert!("2026-11".parse::<KeyId>().is_ok());
        for text in ["", "a b", "a:b", "ключ", &"k".repeat(33)] {
            assert_eq!(text.parse::<KeyId>(), Err(KeyIdError));
        }
    }
}
