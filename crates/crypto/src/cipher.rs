//! AES-256-GCM (NIST SP 800-38D). Nothing else in this crate calls the cipher.
//!
//! The key schedule is computed for each call, because ring does not wipe it. The only lasting copy of
//! a key is in the master keys, which are wiped.

#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

use std::mem;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, MAX_TAG_LEN, Nonce, UnboundKey};
use ring::error::Unspecified;
use zeroize::Zeroizing;

/// Key length, in bytes.
pub(crate) const KEY_LENGTH: usize = 32;

/// Nonce length, in bytes.
pub(crate) const NONCE_LENGTH: usize = ring::aead::NONCE_LEN;

/// Encrypts, and returns the ciphertext followed by its tag.
///
/// A nonce must never be used twice with one key.
pub(crate) fn seal(
    key: &[u8; KEY_LENGTH],
    nonce: [u8; NONCE_LENGTH],
    associated_data: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, Unspecified> {
    let key = less_safe_key(key)?;
    let nonce = Nonce::assume_unique_for_key(nonce);
    // With capacity for the tag. A buffer that grew would leave a copy of the plaintext behind.
    let length = plaintext.len().saturating_add(MAX_TAG_LEN);
    let mut buffer = Zeroizing::new(Vec::with_capacity(length));
    buffer.extend_from_slice(plaintext);
    key.seal_in_place_append_tag(nonce, Aad::from(associated_data), &mut *buffer)?;
    Ok(mem::take(&mut *buffer))
}

/// Decrypts what [`seal`] returned for the same key, nonce and associated data.
pub(crate) fn open(
    key: &[u8; KEY_LENGTH],
    nonce: [u8; NONCE_LENGTH],
    associated_data: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let key = less_safe_key(key)?;
    let nonce = Nonce::assume_unique_for_key(nonce);
    let mut buffer = Zeroizing::new(sealed.to_vec());
    let length = key
        .open_in_place(nonce, Aad::from(associated_data), &mut buffer)?
        .len();
    buffer.truncate(length);
    Ok(buffer)
}

fn less_safe_key(key: &[u8; KEY_LENGTH]) -> Result<LessSafeKey, Unspecified> {
    UnboundKey::new(&AES_256_GCM, key).map(LessSafeKey::new)
}
