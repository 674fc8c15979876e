//! Keys that authenticate the audit chain, each derived from a master key.

use std::fmt;

use ring::error::Unspecified;
use ring::hmac::{self, HMAC_SHA256};
use thiserror::Error;
use udam_domain::AuditAuthenticator;
use udam_domain::audit::{AuditMac, SealedAuditKey};
use udam_domain::listing::{KeyId, SealedKey};
use zeroize::Zeroizing;

use crate::cipher::{self, KEY_LENGTH, NONCE_LENGTH};
use crate::derived_key::{Derived, derive};
use crate::master_keys::{MasterKey, MasterKeys};
use crate::system::try_random;

/// Separates these keys from whatever else is derived from a master key. Changing it changes every key.
const INFO: &[u8] = b"udam audit chain key, HMAC-SHA256, 1";

/// First byte of a sealed key.
const FORMAT_VERSION: u8 = 1;

/// Authenticates links with HMAC-SHA256 (RFC 2104), under keys that HKDF-SHA256 (RFC 5869) derives from master keys, without
/// a salt.
///
/// Links outlive master keys. Before one goes, its derived key is sealed under its successor: see
/// [`sealed`](Self::sealed).
pub struct HmacAuditKeys {
    active: KeyId,
    keys: Vec<(KeyId, Derived)>,
}

/// A key could not be derived or sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no key for the audit trail could be derived from the master keys")]
pub struct AuditKeysError;

impl HmacAuditKeys {
    /// The keys of all master keys at hand, and of those that went before them, which are stored sealed. What does not open
    /// under the master keys at hand is left out.
    ///
    /// # Errors
    /// [`AuditKeysError`], which no master key is known to cause.
    pub fn new(masters: &MasterKeys, stored: &[SealedAuditKey]) -> Result<Self, AuditKeysError> {
        let own = masters.iter().map(|master| {
            let derived = derive(master.bytes(), INFO).map_err(|Unspecified| AuditKeysError)?;
            Ok((master.id().clone(), derived))
        });
        let mut keys = own.collect::<Result<Vec<_>, AuditKeysError>>()?;
        for sealed in stored {
            let is_known = keys.iter().any(|(id, _)| *id == sealed.key_id);
            let master = masters.find(&sealed.sealed.key_id).filter(|_| !is_known);
            if let Some(key) = master.and_then(|master| open(master, sealed)) {
                keys.push((sealed.key_id.clone(), key));
            }
        }
        let active = masters.active().clone();
        Ok(Self { active, keys })
    }

    /// All keys but that of the active master key, sealed under it, for those that are not `stored` so. To be stored before
    /// the first link is made, so that the other master keys can go.
    ///
    /// # Errors
    /// [`AuditKeysError`]
    pub fn sealed(
        &self,
        masters: &MasterKeys,
        stored: &[SealedAuditKey],
    ) -> Result<Vec<SealedAuditKey>, AuditKeysError> {
        let master = masters.active_key();
        let is_stored = |id: &KeyId| {
            let mut stored = stored.iter();
            stored.any(|key| key.key_id == *id && key.sealed.key_id == *master.id())
        };
        let others = self.keys.iter();
        let others = others.filter(|(id, _)| *id != self.active && !is_stored(id));
        others
            .map(|(id, key)| seal(master, id, key).map_err(|Unspecified| AuditKeysError))
            .collect()
    }
}

impl AuditAuthenticator for HmacAuditKeys {
    fn active(&self) -> &KeyId {
        &self.active
    }

    fn mac(&self, key: &KeyId, message: &[u8]) -> Option<AuditMac> {
        let (_, key) = self.keys.iter().find(|(id, _)| id == key)?;
        let key = hmac::Key::new(HMAC_SHA256, key.as_slice());
        let tag = hmac::sign(&key, message);
        tag.as_ref().try_into().ok().map(AuditMac::new)
    }
}

// Names the keys alone.
impl fmt::Debug for HmacAuditKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.keys.iter().map(|(id, _)| id);
        f.debug_list().entries(names).finish()
    }
}

/// Returns the format version (1 byte), the nonce (12), the ciphertext (32) and the tag (16).
fn seal(master: &MasterKey, id: &KeyId, key: &Derived) -> Result<SealedAuditKey, Unspecified> {
    let nonce: [u8; NONCE_LENGTH] = try_random()?;
    let bound_to = associated_data(master.id(), id);
    let sealed = cipher::seal(master.bytes(), nonce, &bound_to, key.as_slice())?;
    Ok(SealedAuditKey {
        key_id: id.clone(),
        sealed: SealedKey {
            key_id: master.id().clone(),
            ciphertext: [[FORMAT_VERSION].as_slice(), &nonce, &sealed].concat(),
        },
    })
}

fn open(master: &MasterKey, sealed: &SealedAuditKey) -> Option<Derived> {
    let (&FORMAT_VERSION, rest) = sealed.sealed.ciphertext.split_first()? else {
        return None;
    };
    let (nonce, ciphertext) = rest.split_first_chunk()?;
    let bound_to = associated_data(master.id(), &sealed.key_id);
    let plaintext = cipher::open(master.bytes(), *nonce, &bound_to, ciphertext).ok()?;
    let key: [u8; KEY_LENGTH] = plaintext.as_slice().try_into().ok()?;
    Some(Zeroizing::new(key))
}

/// Binds a sealed key to its name and its master key. Names have no zero bytes.
fn associated_data(master: &KeyId, id: &KeyId) -> Vec<u8> {
    let (master, id) = (master.as_str().as_bytes(), id.as_str().as_bytes());
    [
        &[FORMAT_VERSION],
        b"audit chain key\0".as_slice(),
        master,
        &[0],
        id,
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masters(ids: &[&str]) -> MasterKeys {
        let keys: Vec<String> = ids.iter().map(|id| key_text(id)).collect();
        keys.join(",").parse().unwrap()
    }

    /// A key made of the last character of its name, in base64.
    fn key_text(id: &str) -> String {
        let digit = id.chars().last().unwrap();
        format!("{id}:{}=", digit.to_string().repeat(43))
    }

    fn mac(keys: &HmacAuditKeys, id: &str) -> Option<AuditMac> {
        keys.mac(&id.parse().unwrap(), b"a message")
    }

    #[test]
    fn each_master_key_has_a_key_of_its_own_that_stays_the_same() {
        let both = HmacAuditKeys::new(&masters(&["kQ", "kg"]), &[]).unwrap();
        let one = HmacAuditKeys::new(&masters(&["kg"]), &[]).unwrap();
        assert_eq!(both.active().as_str(), "kQ");
        assert_ne!(mac(&both, "kQ"), mac(&both, "kg"));
        assert_eq!(mac(&both, "kg"), mac(&one, "kg"));
        assert_eq!(mac(&one, "kQ"), None);
        assert_eq!(format!("{both:?}"), "[KeyId(\"kQ\"), KeyId(\"kg\")]");
    }

    #[test]
    fn the_code_is_that_of_other_implementations() {
        // By Python's hmac and hashlib. Changing it breaks every chain.
        let keys = HmacAuditKeys::new(&masters(&["kQ"]), &[]).unwrap();
        assert_eq!(
            mac(&keys, "kQ").unwrap().to_string(),
            "2bf4aae961e38e1e27deeda0ee8ab91a8801611ab63d8caa56f0db6298225a96"
        );
    }

    #[test]
    fn links_outlive_two_changes_of_the_master_key() {
        let first = HmacAuditKeys::new(&masters(&["kQ"]), &[]).unwrap();
        let expected = mac(&first, "kQ");
        let mut stored = Vec::new();
        for ids in [["kg", "kQ"], ["kw", "kg"]] {
            let masters = masters(&ids);
            let keys = HmacAuditKeys::new(&masters, &stored).unwrap();
            assert_eq!(mac(&keys, "kQ"), expected);
            stored.extend(keys.sealed(&masters, &stored).unwrap());
            assert_eq!(keys.sealed(&masters, &stored).unwrap(), []);
        }
        let last = HmacAuditKeys::new(&masters(&["kw"]), &stored).unwrap();
        assert_eq!(mac(&last, "kQ"), expected);
    }

    #[test]
    fn a_sealed_key_opens_under_its_own_name_and_master_key_alone() {
        let both = masters(&["kg", "kQ"]);
        let keys = HmacAuditKeys::new(&both, &[]).unwrap();
        let sealed = keys.sealed(&both, &[]).unwrap().remove(0);
        let opens = |masters: &MasterKeys, sealed: SealedAuditKey| {
            let id = sealed.key_id.clone();
            let keys = HmacAuditKeys::new(masters, &[sealed]).unwrap();
            keys.mac(&id, b"").is_some()
        };
        let successor = masters(&["kg"]);
        assert!(opens(&successor, sealed.clone()));
        assert!(!opens(&masters(&["kw"]), sealed.clone()));
        let renamed = SealedAuditKey {
            key_id: "kx".parse().unwrap(),
            ..sealed.clone()
        };
        assert!(!opens(&successor, renamed));
        let mut flipped = sealed;
        flipped.sealed.ciphertext[20] ^= 1;
        assert!(!opens(&successor, flipped));
    }
}
