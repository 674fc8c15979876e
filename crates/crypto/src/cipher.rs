//! AES-256-GCM (NIST SP 800-38D), the one place that calls the cipher.
//!
//! The expanded key lives only as long as the call: ring does not wipe it, so the copy that stays
//! is the one in the master keys, which is wiped.

#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

use std::mem;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, MAX_TAG_LEN, Nonce, UnboundKey};
use ring::error::Unspecified;
use zeroize::Zeroizing;

/// How long a key is, in bytes.
pub(crate) const KEY_LENGTH: usize = 32;

/// How long a nonce is, in bytes.
pub(crate) const NONCE_LENGTH: usize = ring::aead::NONCE_LEN;

/// The ciphertext with its tag. A nonce must never come twice under a key.
pub(crate) fn seal(
    key: &[u8; KEY_LENGTH],
    nonce: [u8; NONCE_LENGTH],
    place: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, Unspecified> {
    let key = expanded(key)?;
    let nonce = Nonce::assume_unique_for_key(nonce);
    // Room for the tag from the start, or growing the buffer would leave a copy of the plaintext.
    let length = plaintext.len().saturating_add(MAX_TAG_LEN);
    let mut buffer = Zeroizing::new(Vec::with_capacity(length));
    buffer.extend_from_slice(plaintext);
    key.seal_in_place_append_tag(nonce, Aad::from(place), &mut *buffer)?;
    Ok(mem::take(&mut *buffer))
}

/// The plaintext of what [`seal`] made with the same key, nonce and place.
pub(crate) fn open(
    key: &[u8; KEY_LENGTH],
    nonce: [u8; NONCE_LENGTH],
    place: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let key = expanded(key)?;
    let nonce = Nonce::assume_unique_for_key(nonce);
    let mut buffer = Zeroizing::new(sealed.to_vec());
    let length = key
        .open_in_place(nonce, Aad::from(place), &mut buffer)?
        .len();
    buffer.truncate(length);
    Ok(buffer)
}

fn expanded(key: &[u8; KEY_LENGTH]) -> Result<LessSafeKey, Unspecified> {
    UnboundKey::new(&AES_256_GCM, key).map(LessSafeKey::new)
}
