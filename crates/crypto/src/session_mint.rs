use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use udam_domain::SessionMint;
use udam_domain::account::{SessionDigest, SessionToken};
use zeroize::Zeroizing;

use crate::bearer::{self, Encoding, RANDOM_BYTES};

/// Lets secret scanners and people recognize a token.
const PREFIX: &str = "udam_ses_";

/// Mints session tokens, and digests them with SHA-256.
///
/// A token is 58 characters long: `udam_ses_`, 32 random bytes, and the big-endian CRC-32 of all that
/// precedes it, both in unpadded base64url (RFC 4648, section 5). The digest covers the whole text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sha256SessionMint;

impl SessionMint for Sha256SessionMint {
    /// # Panics
    /// If the operating system has no random bytes.
    fn mint(&self) -> (SessionToken, SessionDigest) {
        let token = SessionToken::new(bearer::mint::<Base64Url>(PREFIX));
        let digest = digest_of(&token);
        (token, digest)
    }

    fn recognize(&self, token: &SessionToken) -> Option<SessionDigest> {
        bearer::is_well_formed::<Base64Url>(PREFIX, token.expose()).then(|| digest_of(token))
    }
}

fn digest_of(token: &SessionToken) -> SessionDigest {
    SessionDigest::new(bearer::digest_of(token.expose()))
}

/// Unpadded base64url, which stands in a header or a URL as it is.
pub(crate) struct Base64Url;

impl Encoding for Base64Url {
    const RANDOM_LENGTH: usize = 43;
    const CHECKSUM_LENGTH: usize = 6;

    fn random(bytes: &[u8; RANDOM_BYTES]) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes))
    }

    fn is_random(text: &str) -> bool {
        // Decoding is strict: it rejects other alphabets and non-canonical encodings of the same bytes.
        let mut bytes = Zeroizing::new([0; RANDOM_BYTES]);
        let decoded = URL_SAFE_NO_PAD.decode_slice(text, bytes.as_mut_slice());
        decoded == Ok(RANDOM_BYTES)
    }

    fn checksum(crc: u32) -> String {
        URL_SAFE_NO_PAD.encode(crc.to_be_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(random: &[u8; RANDOM_BYTES]) -> SessionToken {
        SessionToken::new(bearer::secret::<Base64Url>(PREFIX, random))
    }

    #[test]
    fn tokens_and_digests_keep_their_format() {
        // Computed with other implementations of base64, CRC-32 and SHA-256.
        let mut random = [0; RANDOM_BYTES];
        for (place, byte) in random.iter_mut().zip(0..) {
            *place = byte;
        }
        let token = token(&random);
        assert_eq!(
            token.expose(),
            "udam_ses_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh82pSPrQ"
        );
        let digest = Sha256SessionMint.recognize(&token).unwrap();
        assert_eq!(
            hex::encode(digest.as_bytes()),
            "7c2e2e6bcd53d68d0ef5dfa3e4766d81410ca8ba60b50b0e7685d3aa357f05c0"
        );
    }

    #[test]
    fn a_token_has_58_characters() {
        assert_eq!(token(&[0xff; RANDOM_BYTES]).expose().len(), 58);
    }
}
