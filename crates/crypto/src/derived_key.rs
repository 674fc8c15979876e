//! Keys that are derived from master keys, so that there is no further secret to keep.

use ring::error::Unspecified;
use ring::hkdf::{HKDF_SHA256, Salt};
use zeroize::Zeroizing;

use crate::cipher::KEY_LENGTH;

/// A derived key.
pub(crate) type Derived = Zeroizing<[u8; KEY_LENGTH]>;

/// Derives a key by HKDF-SHA256 (RFC 5869), without a salt. `info` separates it from all others.
pub(crate) fn derive(master: &[u8; KEY_LENGTH], info: &[u8]) -> Result<Derived, Unspecified> {
    let pseudorandom_key = Salt::new(HKDF_SHA256, &[]).extract(master);
    let mut key = Zeroizing::new([0; KEY_LENGTH]);
    pseudorandom_key
        .expand(&[info], HKDF_SHA256)?
        .fill(key.as_mut_slice())?;
    Ok(key)
}
