use udam_domain::AccessKeyMint;
use udam_domain::gateway::{AccessKey, AccessKeyDigest};

use crate::base62::Base62;
use crate::bearer;

/// Mints access keys, and digests them with SHA-256.
///
/// A key is 53 characters long: `udk_`, 32 random bytes, and the CRC-32 of all that precedes it, both as
/// big-endian numbers in base 62 with the digits `0-9A-Za-z`. The digest covers the whole text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sha256AccessKeyMint;

impl AccessKeyMint for Sha256AccessKeyMint {
    /// # Panics
    /// If the operating system has no random bytes.
    fn mint(&self) -> (AccessKey, AccessKeyDigest) {
        let key = AccessKey::new(bearer::mint::<Base62>(AccessKey::PREFIX));
        let digest = digest_of(&key);
        (key, digest)
    }

    fn recognize(&self, key: &AccessKey) -> Option<AccessKeyDigest> {
        bearer::is_well_formed::<Base62>(AccessKey::PREFIX, key.expose()).then(|| digest_of(key))
    }
}

fn digest_of(key: &AccessKey) -> AccessKeyDigest {
    AccessKeyDigest::new(bearer::digest_of(key.expose()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bearer::RANDOM_BYTES;

    fn key(random: &[u8; RANDOM_BYTES]) -> AccessKey {
        AccessKey::new(bearer::secret::<Base62>(AccessKey::PREFIX, random))
    }

    #[test]
    fn keys_and_digests_keep_their_format() {
        // Computed with other implementations of base 62, CRC-32 and SHA-256.
        let mut random = [0; RANDOM_BYTES];
        for (place, byte) in random.iter_mut().zip(0..) {
            *place = byte;
        }
        let key = key(&random);
        assert_eq!(
            key.expose(),
            "udk_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf4ASEbr"
        );
        let digest = Sha256AccessKeyMint.recognize(&key).unwrap();
        assert_eq!(
            hex::encode(digest.as_bytes()),
            "6556eefc869324a7b5015f2b9c70a1fc0033d2d56bd8a5b89077ba8daf5f6273"
        );
    }

    #[test]
    fn a_key_has_53_characters() {
        for byte in [0, 0xff] {
            assert_eq!(key(&[byte; RANDOM_BYTES]).expose().len(), 53);
        }
    }
}
