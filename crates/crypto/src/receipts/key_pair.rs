use ring::error::Unspecified;
use ring::signature::{Ed25519KeyPair, KeyPair};
use udam_domain::gateway::ReceiptKey;

use super::jwk;
use crate::cipher::KEY_LENGTH;
use crate::derived_key;

/// Separates this seed from whatever else is derived from a master key. Changing it changes every key.
const INFO: &[u8] = b"udam receipt signing key, Ed25519, 1";

/// Derives the signing key that belongs to a master key: its seed is HKDF-SHA256 (RFC 5869) of the master key, without a
/// salt.
///
/// The seed is wiped. ring does not wipe the key pair, which lives as long as its signer.
pub(super) fn derive(master: &[u8; KEY_LENGTH]) -> Result<Ed25519KeyPair, Unspecified> {
    let seed = derived_key::derive(master, INFO)?;
    Ok(Ed25519KeyPair::from_seed_unchecked(seed.as_slice())?)
}

/// The public part of a key pair, named by its thumbprint.
pub(super) fn public(pair: &Ed25519KeyPair) -> Result<ReceiptKey, Unspecified> {
    let bytes = pair.public_key().as_ref();
    // Any length but that of Ed25519 would be an error of ring's.
    let public_key = <[u8; ReceiptKey::LENGTH]>::try_from(bytes).or(Err(Unspecified))?;
    Ok(ReceiptKey {
        id: jwk::thumbprint(&public_key),
        public_key,
    })
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    #[test]
    fn the_key_of_a_master_key_stays_the_same() {
        // Computed with other implementations of HKDF, Ed25519 and SHA-256. Changing it changes the key of every receipt.
        let master: [u8; 32] = std::array::from_fn(|index| index.try_into().unwrap());
        let key = public(&derive(&master).unwrap()).unwrap();
        assert_eq!(
            URL_SAFE_NO_PAD.encode(key.public_key),
            "unj_8vrTu-b15bUO9yUAfnGU63z-u-IpmgI1LH9NCNg"
        );
        assert_eq!(key.id, "rkarJcTuouNIaWMxlGK99GIS-BsC5E36ViZRDAgjOR4");
    }

    #[test]
    fn another_master_key_has_another_key() {
        let key_of = |master| public(&derive(&master).unwrap()).unwrap();
        let mut other = [7; 32];
        assert_eq!(key_of([7; 32]), key_of(other));
        other[31] ^= 1;
        assert_ne!(key_of([7; 32]), key_of(other));
    }
}
