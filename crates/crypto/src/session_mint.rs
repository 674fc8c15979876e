use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use udam_domain::account::{SessionDigest, SessionToken};
use udam_domain::{Entropy, SessionMint};
use zeroize::Zeroizing;

use crate::system::SystemEntropy;

/// Lets secret scanners, and people, tell what they found.
const PREFIX: &str = "udam_ses_";

/// How many bytes of a token nobody can predict.
const SECRET_BYTES: usize = 32;

/// How many characters of base64 they are.
const SECRET_LENGTH: usize = 43;

/// How many characters of base64 the 4 bytes of a CRC-32 are.
const CHECKSUM_LENGTH: usize = 6;

const LENGTH: usize = PREFIX.len() + SECRET_LENGTH + CHECKSUM_LENGTH;

/// Makes session tokens, and knows them by their SHA-256.
///
/// A token is `udam_ses_`, 32 random bytes and the CRC-32 of all that precedes it, big-endian, both
/// in unpadded base64url (RFC 4648, section 5): 58 characters. The digest is that of the whole text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sha256SessionMint;

impl SessionMint for Sha256SessionMint {
    /// # Panics
    /// When the operating system has no randomness to give.
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
    // Room for all of it from the start, or growing the text would leave a copy behind.
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
    // Decoding refuses other alphabets, and other spellings of the same bytes.
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
    fn a_token_is_spelled_as_stored_digests_expect() {
        // Worked out by hand with other implementations of base64, CRC-32 and SHA-256.
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
    fn the_parts_of_a_token_are_as_long_as_they_say() {
        assert_eq!(token(&[0xff; SECRET_BYTES]).expose().len(), LENGTH);
        assert_eq!(LENGTH, 58);
    }
}
