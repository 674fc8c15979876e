use async_trait::async_trait;
use ring::error::Unspecified;
use udam_domain::id::ListingId;
use udam_domain::listing::{ApiKey, KeyId, SealedKey};
use udam_domain::{KeyVault, VaultError};

use crate::cipher::{self, NONCE_LENGTH};
use crate::master_keys::{MasterKey, MasterKeys};
use crate::system::try_random;

/// First byte of every sealed key. Another cipher can be introduced key by key.
const FORMAT_VERSION: u8 = 1;

/// Purpose of the sealed bytes, zero-padded to a fixed width.
const PURPOSE: [u8; 16] = *b"listing api key\0";

/// Seals sellers' API keys with AES-256-GCM under the operator's master keys.
///
/// A sealed key consists of the format version (1 byte), a random nonce (12 bytes), the ciphertext (as
/// long as the API key) and the tag (16 bytes).
#[derive(Debug)]
pub struct RingKeyVault {
    keys: MasterKeys,
}

impl RingKeyVault {
    /// Makes a vault that seals under the active key and opens under each of the keys.
    #[must_use]
    pub const fn new(keys: MasterKeys) -> Self {
        Self { keys }
    }

    /// Seals a key synchronously: see [`KeyVault::seal`].
    ///
    /// # Errors
    /// [`VaultError::Unsealable`]
    pub fn seal(&self, listing_id: ListingId, key: &ApiKey) -> Result<SealedKey, VaultError> {
        let master = self.keys.active_key();
        let ciphertext =
            seal(master, listing_id, key).map_err(|Unspecified| VaultError::Unsealable)?;
        Ok(SealedKey {
            key_id: master.id().clone(),
            ciphertext,
        })
    }

    /// Opens a key synchronously: see [`KeyVault::open`].
    ///
    /// # Errors
    /// [`VaultError::Unopenable`]
    pub fn open(&self, listing_id: ListingId, sealed: &SealedKey) -> Result<ApiKey, VaultError> {
        self.keys
            .find(&sealed.key_id)
            .and_then(|master| open(master, listing_id, &sealed.ciphertext))
            .ok_or(VaultError::Unopenable)
    }
}

#[async_trait]
impl KeyVault for RingKeyVault {
    async fn seal(&self, listing_id: ListingId, key: &ApiKey) -> Result<SealedKey, VaultError> {
        Self::seal(self, listing_id, key)
    }

    async fn open(&self, listing_id: ListingId, sealed: &SealedKey) -> Result<ApiKey, VaultError> {
        Self::open(self, listing_id, sealed)
    }
}

fn seal(master: &MasterKey, listing_id: ListingId, key: &ApiKey) -> Result<Vec<u8>, Unspecified> {
    let nonce: [u8; NONCE_LENGTH] = try_random()?;
    let associated_data = associated_data(master.id(), listing_id);
    let sealed = cipher::seal(
        master.bytes(),
        nonce,
        &associated_data,
        key.expose().as_bytes(),
    )?;
    Ok([[FORMAT_VERSION].as_slice(), &nonce, &sealed].concat())
}

fn open(master: &MasterKey, listing_id: ListingId, stored: &[u8]) -> Option<ApiKey> {
    let (&FORMAT_VERSION, rest) = stored.split_first()? else {
        return None;
    };
    let (nonce, sealed) = rest.split_first_chunk()?;
    let associated_data = associated_data(master.id(), listing_id);
    let plaintext = cipher::open(master.bytes(), *nonce, &associated_data, sealed).ok()?;
    let text = std::str::from_utf8(&plaintext).ok()?;
    ApiKey::new(text.to_owned()).ok()
}

/// Associated data that binds a ciphertext to its listing and its master key. All fields but the last
/// have a fixed width, so different values never encode to the same bytes.
fn associated_data(master: &KeyId, listing_id: ListingId) -> Vec<u8> {
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
    fn the_associated_data_is_that_of_stored_keys() {
        // Changing these bytes makes every stored key unopenable.
        let listing = ListingId::from_uuid(Uuid::from_u128(0x0102_0304));
        let associated_data = associated_data(&"2026-11".parse().unwrap(), listing);
        assert_eq!(
            associated_data,
            b"\x01listing api key\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x02\x03\x042026-11"
        );
    }

    #[test]
    fn a_key_sealed_by_another_implementation_opens() {
        // Sealed by OpenSSL under 32 zero bytes, for listing 7 and the nonce 00 01 … 0b.
        const STORED: &str = "01000102030405060708090a0b\
            fba06c3e698beaa6f3a3fd21fa659a62842770f1c88a6bd08c";
        let (ones, zeros) = (
            format!("{}8=", "/".repeat(42)),
            format!("{}=", "A".repeat(43)),
        );
        let keys = format!("k2:{ones},k1:{zeros}").parse().unwrap();
        let sealed = SealedKey {
            key_id: "k1".parse().unwrap(),
            ciphertext: hex::decode(STORED).unwrap(),
        };
        let listing = ListingId::from_uuid(Uuid::from_u128(7));
        let key = RingKeyVault::new(keys).open(listing, &sealed).unwrap();
        assert_eq!(key.expose(), "sk_live_1");
    }
}
