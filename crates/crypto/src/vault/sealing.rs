//! The stored form of a sealed text, the same for every kind of text.

use ring::error::Unspecified;
use udam_domain::VaultError;
use udam_domain::id::{ListingId, SecondFactorId, TokenId};
use udam_domain::listing::{KeyId, SealedKey};
use zeroize::Zeroizing;

use crate::cipher::{self, NONCE_LENGTH};
use crate::master_keys::{MasterKey, MasterKeys};
use crate::system::try_random;

/// First byte of every sealed text. Another cipher can be introduced text by text.
const FORMAT_VERSION: u8 = 1;

/// What a sealed text is for. A text sealed for one place opens in no other.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Kind of text, zero-padded to a fixed width.
    purpose: [u8; 16],
    /// UUID of its owner.
    owner: [u8; 16],
}

impl Place {
    /// The API key of a listing.
    pub(super) const fn api_key(listing: ListingId) -> Self {
        Self {
            purpose: *b"listing api key\0",
            owner: listing.uuid().into_bytes(),
        }
    }

    /// The secret of a second factor.
    pub(super) const fn totp_secret(factor: SecondFactorId) -> Self {
        Self {
            purpose: *b"totp secret\0\0\0\0\0",
            owner: factor.uuid().into_bytes(),
        }
    }

    /// The first access key of a token.
    pub(super) const fn access_key(token: TokenId) -> Self {
        Self {
            purpose: *b"token access key",
            owner: token.uuid().into_bytes(),
        }
    }
}

/// Seals a text for a place under the active key.
pub(super) fn seal(keys: &MasterKeys, place: Place, text: &str) -> Result<SealedKey, VaultError> {
    let master = keys.active_key();
    let ciphertext =
        seal_under(master, place, text).map_err(|Unspecified| VaultError::Unsealable)?;
    Ok(SealedKey {
        key_id: master.id().clone(),
        ciphertext,
    })
}

/// Opens a text that was sealed for this place.
pub(super) fn open(
    keys: &MasterKeys,
    place: Place,
    sealed: &SealedKey,
) -> Result<Zeroizing<String>, VaultError> {
    keys.find(&sealed.key_id)
        .and_then(|master| open_under(master, place, &sealed.ciphertext))
        .ok_or(VaultError::Unopenable)
}

fn seal_under(master: &MasterKey, place: Place, text: &str) -> Result<Vec<u8>, Unspecified> {
    let nonce: [u8; NONCE_LENGTH] = try_random()?;
    let associated_data = associated_data(master.id(), place);
    let sealed = cipher::seal(master.bytes(), nonce, &associated_data, text.as_bytes())?;
    Ok([[FORMAT_VERSION].as_slice(), &nonce, &sealed].concat())
}

fn open_under(master: &MasterKey, place: Place, stored: &[u8]) -> Option<Zeroizing<String>> {
    let (&FORMAT_VERSION, rest) = stored.split_first()? else {
        return None;
    };
    let (nonce, sealed) = rest.split_first_chunk()?;
    let associated_data = associated_data(master.id(), place);
    let plaintext = cipher::open(master.bytes(), *nonce, &associated_data, sealed).ok()?;
    let text = std::str::from_utf8(&plaintext).ok()?;
    Some(Zeroizing::new(text.to_owned()))
}

/// Associated data that binds a ciphertext to its place and its master key. All fields but the last
/// have a fixed width, so different values never encode to the same bytes.
fn associated_data(master: &KeyId, place: Place) -> Vec<u8> {
    [
        [FORMAT_VERSION].as_slice(),
        &place.purpose,
        &place.owner,
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
        let (master, owner) = ("2026-11".parse().unwrap(), Uuid::from_u128(0x0102_0304));
        assert_eq!(
            associated_data(&master, Place::api_key(ListingId::from_uuid(owner))),
            b"\x01listing api key\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x02\x03\x042026-11"
        );
        assert_eq!(
            associated_data(&master, Place::access_key(TokenId::from_uuid(owner))),
            b"\x01token access key\0\0\0\0\0\0\0\0\0\0\0\0\x01\x02\x03\x042026-11"
        );
        assert_eq!(
            associated_data(
                &master,
                Place::totp_secret(SecondFactorId::from_uuid(owner))
            ),
            b"\x01totp secret\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x02\x03\x042026-11"
        );
    }

    #[test]
    fn keys_sealed_by_another_implementation_open() {
        // Sealed by OpenSSL under 32 zero bytes, for the UUID 7 and the nonce 00 01 … 0b.
        const API_KEY: &str = "01000102030405060708090a0b\
            fba06c3e698beaa6f3a3fd21fa659a62842770f1c88a6bd08c";
        const ACCESS_KEY: &str = "01000102030405060708090a0b\
            fdaf580d31d4eae7dae4052ed7cee36cce5b613309";
        let (ones, zeros) = (
            format!("{}8=", "/".repeat(42)),
            format!("{}=", "A".repeat(43)),
        );
        let keys = format!("k2:{ones},k1:{zeros}").parse().unwrap();
        let owner = Uuid::from_u128(7);
        let listing = Place::api_key(ListingId::from_uuid(owner));
        let token = Place::access_key(TokenId::from_uuid(owner));
        for (place, stored, text) in [
            (listing, API_KEY, "sk_live_1"),
            (token, ACCESS_KEY, "udk_1"),
        ] {
            let sealed = SealedKey {
                key_id: "k1".parse().unwrap(),
                ciphertext: hex::decode(stored).unwrap(),
            };
            assert_eq!(open(&keys, place, &sealed).unwrap().as_str(), text);
        }
    }
}
