use ring::error::Unspecified;
use udam_domain::id::ListingId;
use udam_domain::listing::{ApiKey, KeyId, SealedKey};
use udam_domain::{KeyVault, VaultError};

use crate::cipher::{self, NONCE_LENGTH};
use crate::master_keys::{MasterKey, MasterKeys};
use crate::system::try_random;

/// The first byte of every stored form, so that another cipher can take over one key at a time.
const FORMAT_VERSION: u8 = 1;

/// What the sealed bytes are for, in a fixed width.
const PURPOSE: [u8; 16] = *b"listing api key\0";

/// Seals sellers' keys with AES-256-GCM under an operator's master keys.
///
/// The stored form is a format version (1 byte), a random nonce (12), the ciphertext (as long as the
/// key) and the tag (16).
#[derive(Debug)]
pub struct RingKeyVault {
    keys: MasterKeys,
}

impl RingKeyVault {
    /// A vault that seals under the active one of these keys and opens under any of them.
    #[must_use]
    pub const fn new(keys: MasterKeys) -> Self {
        Self { keys }
    }
}

impl KeyVault for RingKeyVault {
    fn seal(&self, listing_id: ListingId, key: &ApiKey) -> Result<SealedKey, VaultError> {
        let master = self.keys.active_key();
        let ciphertext =
            seal(master, listing_id, key).map_err(|Unspecified| VaultError::Unsealable)?;
        Ok(SealedKey {
            key_id: master.id().clone(),
            ciphertext,
        })
    }

    fn open(&self, listing_id: ListingId, sealed: &SealedKey) -> Result<ApiKey, VaultError> {
        self.keys
            .find(&sealed.key_id)
            .and_then(|master| open(master, listing_id, &sealed.ciphertext))
            .ok_or(VaultError::Unopenable)
    }
}

fn seal(master: &MasterKey, listing_id: ListingId, key: &ApiKey) -> Result<Vec<u8>, Unspecified> {
    let nonce: [u8; NONCE_LENGTH] = try_random()?;
    let place = place(master.id(), listing_id);
    let sealed = cipher::seal(master.bytes(), nonce, &place, key.expose().as_bytes())?;
    Ok([[FORMAT_VERSION].as_slice(), &nonce, &sealed].concat())
}

fn open(master: &MasterKey, listing_id: ListingId, stored: &[u8]) -> Option<ApiKey> {
    let (&FORMAT_VERSION, rest) = stored.split_first()? else {
        return None;
    };
    let (nonce, sealed) = rest.split_first_chunk()?;
    let place = place(master.id(), listing_id);
    let plaintext = cipher::open(master.bytes(), *nonce, &place, sealed).ok()?;
    let text = std::str::from_utf8(&plaintext).ok()?;
    ApiKey::new(text.to_owned()).ok()
}

/// The additional data that ties a ciphertext to where it is kept. Everything but the last field has
/// a fixed width, so no two places spell the same bytes.
fn place(master: &KeyId, listing_id: ListingId) -> Vec<u8> {
    [
        [FORMAT_VERSION].as_slice(),
        &PURPOSE,
        listing_id.uuid().as_bytes(),
        master.as_str().as_bytes(),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_place_is_spelled_as_stored_keys_expect() {
        // Changing these bytes makes every stored key unopenable.
        let listing = ListingId::from_uuid(Uuid::from_u128(0x0102_0304));
        let place = place(&"2026-11".parse().unwrap(), listing);
        assert_eq!(
            place,
            b"\x01listing api key\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x02\x03\x042026-11"
        );
    }

    #[test]
    fn a_key_that_another_implementation_sealed_in_this_format_opens() {
        // By OpenSSL, under 32 zero bytes, for listing 7 and the nonce 00 01 … 0b.
        const STORED: &str = "01000102030405060708090a0b\
            fba06c3e698beaa6f3a3fd21fa659a62842770f1c88a6bd08c";
        let keys = format!("k1:{}=", "A".repeat(43)).parse().unwrap();
        let sealed = SealedKey {
            key_id: "k1".parse().unwrap(),
            ciphertext: hex::decode(STORED).unwrap(),
        };
        let listing = ListingId::from_uuid(Uuid::from_u128(7));
        let key = RingKeyVault::new(keys).open(listing, &sealed).unwrap();
        assert_eq!(key.expose(), "sk_live_1");
    }
}
