use std::fmt;

use base64::engine::general_purpose::STANDARD;
use base64::{DecodeSliceError, Engine};
use udam_domain::Entropy;
use udam_domain::listing::KeyId;
use udam_domain::secret::Secret;
use zeroize::Zeroizing;

use crate::cipher::KEY_LENGTH;
use crate::system::SystemEntropy;

/// A named 256-bit key. It prints as `[redacted]` and is wiped when dropped.
pub struct MasterKey {
    id: KeyId,
    // Boxed, so that moving the key leaves no copy of its bytes behind.
    bytes: Box<Zeroizing<[u8; KEY_LENGTH]>>,
}

/// Why a text holds no key. It says nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyTextError {
    NotBase64,
    WrongLength,
}

impl MasterKey {
    /// A new unpredictable key.
    ///
    /// # Panics
    /// When the operating system has no randomness to give.
    #[must_use]
    pub fn generate(id: KeyId) -> Self {
        let mut bytes = Box::new(Zeroizing::new([0; KEY_LENGTH]));
        SystemEntropy.fill(bytes.as_mut_slice());
        Self { id, bytes }
    }

    /// What the key is called.
    #[must_use]
    pub const fn id(&self) -> &KeyId {
        &self.id
    }

    /// The key in its text form, `id:key`, which whoever holds it can open everything with.
    #[must_use]
    pub fn to_text(&self) -> Secret {
        let encoded = Zeroizing::new(STANDARD.encode(self.bytes()));
        let id = self.id.as_str();
        // `concat` allocates once: no shorter copy of the key is left behind.
        Secret::new([id, ":", &encoded].concat())
    }

    pub(crate) fn bytes(&self) -> &[u8; KEY_LENGTH] {
        &self.bytes
    }

    pub(super) fn decode(id: KeyId, encoded: &str) -> Result<Self, KeyTextError> {
        let mut bytes = Box::new(Zeroizing::new([0; KEY_LENGTH]));
        match STANDARD.decode_slice(encoded, bytes.as_mut_slice()) {
            Ok(KEY_LENGTH) => Ok(Self { id, bytes }),
            Ok(_) | Err(DecodeSliceError::OutputSliceTooSmall) => Err(KeyTextError::WrongLength),
            Err(DecodeSliceError::DecodeError(_)) => Err(KeyTextError::NotBase64),
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
    fn a_key_survives_its_text_form() {
        let key = MasterKey::generate("2026-11".parse().unwrap());
        let text = key.to_text();
        let encoded = text.expose().strip_prefix("2026-11:").unwrap();
        assert_eq!(encoded.len(), 44);
        let again = MasterKey::decode(key.id().clone(), encoded).unwrap();
        assert_eq!(again.bytes(), key.bytes());
    }

    #[test]
    fn no_two_generated_keys_are_the_same() {
        let generate = || MasterKey::generate("k".parse().unwrap());
        assert_ne!(generate().bytes(), generate().bytes());
    }

    #[test]
    fn a_key_does_not_print() {
        let key = MasterKey::generate("k1".parse().unwrap());
        assert_eq!(format!("{key:?}"), "MasterKey(k1, [redacted])");
        assert_eq!(format!("{:?}", key.to_text()), "[redacted]");
    }
}
