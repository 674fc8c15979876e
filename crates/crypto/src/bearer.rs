//! Secrets that whoever has them may use: a prefix, 32 random bytes, and the CRC-32 of both.
//!
//! Sessions and access keys differ in their prefix and their encoding.

use ring::digest::{SHA256, digest};
use udam_domain::Entropy;
use zeroize::Zeroizing;

use crate::system::SystemEntropy;

/// Random bytes in a secret.
pub(crate) const RANDOM_BYTES: usize = 32;

/// How the random bytes and the checksum are written. Each has one text only, of a fixed length in ASCII characters.
pub(crate) trait Encoding {
    /// Length of the text of the random bytes.
    const RANDOM_LENGTH: usize;

    /// Length of the text of a checksum.
    const CHECKSUM_LENGTH: usize;

    fn random(bytes: &[u8; RANDOM_BYTES]) -> Zeroizing<String>;

    /// Whether this is the text of any 32 bytes.
    fn is_random(text: &str) -> bool;

    fn checksum(crc: u32) -> String;
}

/// A new secret.
///
/// # Panics
/// If the operating system has no random bytes.
pub(crate) fn mint<E: Encoding>(prefix: &str) -> String {
    let mut random = Zeroizing::new([0; RANDOM_BYTES]);
    SystemEntropy.fill(random.as_mut_slice());
    secret::<E>(prefix, &random)
}

/// The secret with these random bytes.
pub(crate) fn secret<E: Encoding>(prefix: &str, random: &[u8; RANDOM_BYTES]) -> String {
    let random = E::random(random);
    let length = [prefix.len(), random.len(), E::CHECKSUM_LENGTH];
    // With full capacity. A text that grew would leave a copy of the secret behind.
    let mut text = String::with_capacity(length.iter().sum());
    text.push_str(prefix);
    text.push_str(&random);
    let checksum = checksum::<E>(&text);
    text.push_str(&checksum);
    text
}

/// Whether [`secret`] returns this text for any random bytes.
pub(crate) fn is_well_formed<E: Encoding>(prefix: &str, text: &str) -> bool {
    let Some((checked, end)) = text.split_at_checked(prefix.len() + E::RANDOM_LENGTH) else {
        return false;
    };
    checked.strip_prefix(prefix).is_some_and(E::is_random) && end == checksum::<E>(checked)
}

/// SHA-256 of a whole secret.
pub(crate) fn digest_of(secret: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, secret.as_bytes()).as_ref());
    bytes
}

fn checksum<E: Encoding>(checked: &str) -> String {
    E::checksum(crc32fast::hash(checked.as_bytes()))
}
