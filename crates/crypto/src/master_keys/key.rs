use std::fmt;

use base64::engine::general_purpose::STANDARD;
use base64::{DecodeSliceError, Engine};
use secrecy::{ExposeSecret, ExposeSecretMut, SecretBox};
use udam_domain::Entropy;
use udam_domain::listing::KeyId;
use udam_domain::secret::Secret;
use zeroize::Zeroizing;

use crate::cipher::KEY_LENGTH;
use crate::system::SystemEntropy;

/// A named 256-bit key. It prints as `[redacted]` and is wiped when dropped.
pub struct MasterKey {
    id: KeyId,
    // On the heap, so that moving the key copies no secret bytes.
    bytes: SecretBox<[u8; KEY_LENGTH]>,
}

/// Why a text does not decode to a key. Holds no part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DecodeKeyError {
    /// The text is not padded base64.
    NotBase64,
    /// The text decodes to a length other than [`KEY_LENGTH`].
    WrongLength,
}

impl MasterKey {
    /// Generates a random key.
    ///
    /// # Panics
    /// If the operating system has no random bytes.
    #[must_use]
    pub fn generate(id: KeyId) -> Self {
        let bytes = SecretBox::init_with_mut(|bytes: &mut [u8; KEY_LENGTH]| {
            SystemEntropy.fill(bytes);
        });
        Self { id, bytes }
    }

    /// Returns the name of the key.
    #[must_use]
    pub const fn id(&self) -> &KeyId {
        &self.id
    }

    /// Returns the key as `id:key`, the form that [`MasterKeys`](crate::MasterKeys) is parsed from.
    #[must_use]
    pub fn to_text(&self) -> Secret {
        let encoded = Zeroizing::new(STANDARD.encode(self.bytes()));
        let id = self.id.as_str();
        // `concat` allocates once. A buffer that grew would leave a copy of the key behind.
        Secret::new([id, ":", &encoded].concat())
    }

    pub(crate) fn bytes(&self) -> &[u8; KEY_LENGTH] {
        self.bytes.expose_secret()
    }

    pub(super) fn is_all_zero(&self) -> bool {
        self.bytes() == &[0; KEY_LENGTH]
    }

    pub(super) fn decode(id: KeyId, encoded: &str) -> Result<Self, DecodeKeyError> {
        let mut bytes = SecretBox::new(Box::new([0; KEY_LENGTH]));
        match STANDARD.decode_slice(encoded, bytes.expose_secret_mut()) {
            Ok(KEY_LENGTH) => Ok(Self { id, bytes }),
            Ok(_) | Err(DecodeSliceError::OutputSliceTooSmall) => Err(DecodeKeyError::WrongLength),
            Err(DecodeSliceError::DecodeError(_)) => Err(DecodeKeyError::NotBase64),
        }
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({}, [redacted])", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_decodes_from_its_text_form() {
        let key = MasterKey::generate("2026-11".parse().unwrap());
        let text = key.to_text();
        let encoded = text.expose().strip_prefix("2026-11:").unwrap();
        assert_eq!(encoded.len(), 44);
        let again = MasterKey::decode(key.id().clone(), encoded).unwrap();
        assert_eq!(again.bytes(), key.bytes());
    }

    #[test]
    fn two_generated_keys_differ() {
        let generate = || MasterKey::generate("k".parse().unwrap());
        assert_ne!(generate().bytes(), generate().bytes());
    }

    #[test]
    fn debug_output_does_not_hold_the_key() {
        let key = MasterKey::generate("k1".parse().unwrap());
        assert_eq!(format!("{key:?}"), "MasterKey(k1, [redacted])");
        assert_eq!(format!("{:?}", key.to_text()), "[redacted]");
    }
}
