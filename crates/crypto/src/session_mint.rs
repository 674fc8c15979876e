use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use udam_domain::account::{SessionDigest, SessionToken};
use udam_domain::{Entropy, SessionMint};
use zeroize::Zeroizing;

use crate::system::SystemEntropy;

/// Lets secret scanners and people recognize a token.
const PREFIX: &str = "udam_ses_";

/// Random bytes in a token.
const SECRET_BYTES: usize = 32;

/// Length of the random bytes in base64, in characters.
const SECRET_LENGTH: usize = 43;

/// Length of the 4 bytes of a CRC-32 in base64, in characters.
const CHECKSUM_LENGTH: usize = 6;

/// Length of a token, in characters.
const LENGTH: usize = PREFIX.len() + SECRET_LENGTH + CHECKSUM_LENGTH;

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
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        SystemEntropy.fill(secret.as_mut_slice());
        let token = token(&secret);
        let digest = digest_of(&token);
        (token, digest)
    }

    fn recognize(&self, token: &SessionToken) -> Option<SessionDigest> {
        is_well_formed(token.expose()).then(|| digest_of(token))
    }
}

fn token(secret: &[u8; SECRET_BYTES]) -> SessionToken {
    let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(secret));
    // With full capacity. A text that grew would leave a copy of the secret behind.
    let mut text = String::with_capacity(LENGTH);
    text.push_str(PREFIX);
    text.push_str(&encoded);
    let checksum = checksum(&text);
    text.push_str(&checksum);
    SessionToken::new(text)
}

fn is_well_formed(text: &str) -> bool {
    let Some((signed, end)) = text.split_at_checked(PREFIX.len() + SECRET_LENGTH) else {
        return false;
    };
    let Some(secret) = signed.strip_prefix(PREFIX) else {
        return false;
    };
    // Decoding is strict: it rejects other alphabets and non-canonical encodings of the same bytes.
    let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
    let decoded = URL_SAFE_NO_PAD.decode_slice(secret, bytes.as_mut_slice());
    decoded == Ok(SECRET_BYTES) && end == checksum(signed)
}

fn checksum(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(crc32fast::hash(text.as_bytes()).to_be_bytes())
}

fn digest_of(token: &SessionToken) -> SessionDigest {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, token.expose().as_bytes()).as_ref());
    SessionDigest::new(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_digests_keep_their_format() {
        // Computed with other implementations of base64, CRC-32 and SHA-256.
        let mut secret = [0; SECRET_BYTES];
        for (place, byte) in secret.iter_mut().zip(0..) {
            *place = byte;
        }
        let token = token(&secret);
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
        assert_eq!(token(&[0xff; SECRET_BYTES]).expose().len(), LENGTH);
        assert_eq!(LENGTH, 58);
    }
}
