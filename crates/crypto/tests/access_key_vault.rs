//! Sealed access keys that the vault opens, and those it rejects.

#![expect(
    clippy::unwrap_used,
    reason = "the exemption for tests does not cover their helper functions"
)]

use proptest::prelude::*;
use udam_crypto::{MasterKey, MasterKeys, RingKeyVault, Sha256AccessKeyMint};
use udam_domain::gateway::AccessKey;
use udam_domain::id::{ListingId, TokenId};
use udam_domain::listing::{ApiKey, SealedKey};
use udam_domain::{AccessKeyMint, VaultError};
use uuid::Uuid;

fn token(number: u128) -> TokenId {
    TokenId::from_uuid(Uuid::from_u128(number))
}

fn listing(number: u128) -> ListingId {
    ListingId::from_uuid(Uuid::from_u128(number))
}

fn access_key(text: &str) -> AccessKey {
    AccessKey::new(text.to_owned())
}

fn vault() -> RingKeyVault {
    RingKeyVault::new(MasterKeys::from(MasterKey::generate("k1".parse().unwrap())))
}

#[track_caller]
fn assert_unopenable(vault: &RingKeyVault, token: TokenId, sealed: &SealedKey) {
    let opened = vault.open_access_key(token, sealed);
    assert!(matches!(opened, Err(VaultError::Unopenable)));
}

#[test]
fn a_minted_key_opens_for_its_token() {
    let vault = vault();
    let (key, digest) = Sha256AccessKeyMint.mint();
    let sealed = vault.seal_access_key(token(1), &key).unwrap();
    assert_eq!(sealed.key_id.as_str(), "k1");
    assert_eq!(sealed.ciphertext.len(), 1 + 12 + 53 + 16);
    let opened = vault.open_access_key(token(1), &sealed).unwrap();
    assert_eq!(opened.expose(), key.expose());
    assert_eq!(Sha256AccessKeyMint.recognize(&opened), Some(digest));
}

#[test]
fn a_key_does_not_open_for_another_token() {
    let vault = vault();
    let first = vault
        .seal_access_key(token(1), &access_key("udk_1"))
        .unwrap();
    let second = vault
        .seal_access_key(token(2), &access_key("udk_2"))
        .unwrap();
    assert_unopenable(&vault, token(1), &second);
    assert_unopenable(&vault, token(2), &first);
}

#[test]
fn neither_kind_of_key_opens_as_the_other() {
    // A token and a listing with the same UUID: only the purpose differs.
    let vault = vault();
    let access = vault
        .seal_access_key(token(1), &access_key("udk_1"))
        .unwrap();
    let opened = vault.open(listing(1), &access);
    assert!(matches!(opened, Err(VaultError::Unopenable)));

    let api_key = ApiKey::new("sk_live_1".to_owned()).unwrap();
    let sealed = vault.seal(listing(1), &api_key).unwrap();
    assert!(vault.open(listing(1), &sealed).is_ok());
    assert_unopenable(&vault, token(1), &sealed);
}

#[test]
fn a_key_with_any_one_bit_flipped_does_not_open() {
    let vault = vault();
    let sealed = vault
        .seal_access_key(token(1), &access_key("udk_1"))
        .unwrap();
    for byte in 0..sealed.ciphertext.len() {
        for bit in 0..8 {
            let mut flipped = sealed.clone();
            flipped.ciphertext[byte] ^= 1 << bit;
            assert_unopenable(&vault, token(1), &flipped);
        }
    }
}

#[test]
fn a_key_truncated_or_extended_does_not_open() {
    let vault = vault();
    let sealed = vault
        .seal_access_key(token(1), &access_key("udk_1"))
        .unwrap();
    for length in 0..sealed.ciphertext.len() {
        let mut cut = sealed.clone();
        cut.ciphertext.truncate(length);
        assert_unopenable(&vault, token(1), &cut);
    }
    let mut grown = sealed;
    grown.ciphertext.push(0);
    assert_unopenable(&vault, token(1), &grown);
}

#[test]
fn a_key_does_not_open_under_another_master_key() {
    let sealed = vault()
        .seal_access_key(token(1), &access_key("udk_1"))
        .unwrap();
    assert_unopenable(&vault(), token(1), &sealed);
}

proptest! {
    #[test]
    fn no_forged_bytes_open_or_panic(bytes: Vec<u8>) {
        let forged = SealedKey { key_id: "k1".parse().unwrap(), ciphertext: bytes };
        let opened = vault().open_access_key(token(1), &forged);
        prop_assert!(matches!(opened, Err(VaultError::Unopenable)));
    }
}
